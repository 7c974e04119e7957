-- Which hotspots share authors with one (relatedHotspots in src/db/hotspots/hotspotLineage.ts). Most posts are of no hotspot, and cost nothing.
CREATE INDEX "detection_posts_author_hotspot_id_idx" ON "detection_posts" ("author", "hotspot_id") WHERE "hotspot_id" IS NOT NULL;
