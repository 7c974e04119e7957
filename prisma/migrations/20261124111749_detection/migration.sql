-- Hotspots of the old kind lasted until the next clustering; the new kind is found from the posts.
DELETE FROM "hotspots";

-- CreateEnum
CREATE TYPE "HotspotState" AS ENUM ('LIVING', 'ENDED', 'MERGED');

-- CreateEnum
CREATE TYPE "HotspotEventKind" AS ENUM ('EMERGED', 'GREW', 'COOLED', 'SPLIT', 'MERGED', 'ENDED', 'COORDINATED');

-- CreateEnum
CREATE TYPE "HotspotDecisionKind" AS ENUM ('MERGE', 'SPLIT');

-- DropForeignKey
ALTER TABLE "hotspot_members" DROP CONSTRAINT "hotspot_members_hotspot_id_fkey";

-- DropForeignKey
ALTER TABLE "hotspot_members" DROP CONSTRAINT "hotspot_members_image_sha256_fkey";

-- DropForeignKey
ALTER TABLE "hotspots" DROP CONSTRAINT "hotspots_run_id_fkey";

-- DropIndex
DROP INDEX "hotspots_run_id_rank_key";

-- AlterTable
ALTER TABLE "hotspots" DROP CONSTRAINT "hotspots_pkey",
DROP COLUMN "author_count",
DROP COLUMN "first_post_at",
DROP COLUMN "last_post_at",
DROP COLUMN "post_count",
DROP COLUMN "run_id",
ADD COLUMN     "burst" JSONB,
ADD COLUMN     "earlier_id" TEXT,
ADD COLUMN     "emerged_at" TIMESTAMPTZ(3) NOT NULL,
ADD COLUMN     "ended_at" TIMESTAMPTZ(3),
ADD COLUMN     "keywords" TEXT[],
ADD COLUMN     "merged_into_id" TEXT,
ADD COLUMN     "saved" JSONB,
ADD COLUMN     "score" DOUBLE PRECISION NOT NULL DEFAULT 0,
ADD COLUMN     "split_from_id" TEXT,
ADD COLUMN     "state" "HotspotState" NOT NULL DEFAULT 'LIVING',
ALTER COLUMN "id" SET DATA TYPE TEXT,
ALTER COLUMN "rank" DROP NOT NULL,
ALTER COLUMN "title" SET DEFAULT '',
ADD CONSTRAINT "hotspots_pkey" PRIMARY KEY ("id");

-- AlterTable
ALTER TABLE "posts" ADD COLUMN     "detected_at" TIMESTAMPTZ(3);

-- DropTable
DROP TABLE "cluster_runs";

-- DropTable
DROP TABLE "hotspot_members";

-- CreateTable
CREATE TABLE "detection_posts" (
    "post_id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "author" TEXT,
    "caption" TEXT NOT NULL DEFAULT '',
    "text" TEXT NOT NULL DEFAULT '',
    "vector" BYTEA,
    "piece" TEXT NOT NULL,
    "phash" CHAR(16),
    "standing" BYTEA,
    "hotspot_id" TEXT,
    "joined_at" TIMESTAMPTZ(3),
    "evidence" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "refused_at" TIMESTAMPTZ(3),
    "fixed" BOOLEAN NOT NULL DEFAULT false,
    "opinion" DOUBLE PRECISION,
    "kept" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "detection_posts_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "removed_posts" (
    "post_id" UUID NOT NULL,

    CONSTRAINT "removed_posts_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "detection_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL,
    "embedder_digest" TEXT NOT NULL,
    "saved" JSONB NOT NULL,

    CONSTRAINT "detection_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotspot_events" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" "HotspotEventKind" NOT NULL,
    "hotspot_id" TEXT,
    "score" DOUBLE PRECISION NOT NULL,
    "reason" TEXT NOT NULL,
    "post_ids" UUID[],
    "other_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hotspot_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotspot_points" (
    "hotspot_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "expected" DOUBLE PRECISION NOT NULL,
    "low" INTEGER NOT NULL,
    "high" INTEGER NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "rank" INTEGER,

    CONSTRAINT "hotspot_points_pkey" PRIMARY KEY ("hotspot_id","at")
);

-- CreateTable
CREATE TABLE "hotspot_marks" (
    "hotspot_id" TEXT NOT NULL,
    "name" TEXT,
    "pinned" BOOLEAN NOT NULL DEFAULT false,
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hotspot_marks_pkey" PRIMARY KEY ("hotspot_id")
);

-- CreateTable
CREATE TABLE "hotspot_decisions" (
    "id" UUID NOT NULL,
    "kind" "HotspotDecisionKind" NOT NULL,
    "hotspot_id" TEXT NOT NULL,
    "other_id" TEXT,
    "post_ids" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(3),
    "made_id" TEXT,

    CONSTRAINT "hotspot_decisions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "detection_posts_hotspot_id_at_post_id_idx" ON "detection_posts"("hotspot_id", "at" DESC, "post_id" DESC);

-- CreateIndex
CREATE INDEX "detection_posts_kept_number_idx" ON "detection_posts"("kept", "number");

-- CreateIndex
CREATE UNIQUE INDEX "detection_posts_number_key" ON "detection_posts"("number");

-- CreateIndex
CREATE INDEX "hotspot_events_at_id_idx" ON "hotspot_events"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "hotspot_events_hotspot_id_at_id_idx" ON "hotspot_events"("hotspot_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "hotspot_decisions_done_at_idx" ON "hotspot_decisions"("done_at");

-- CreateIndex
CREATE INDEX "hotspots_state_score_id_idx" ON "hotspots"("state", "score" DESC, "id");

-- CreateIndex
CREATE INDEX "hotspots_emerged_at_id_idx" ON "hotspots"("emerged_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "posts_detected_at_posted_at_id_idx" ON "posts"("detected_at", "posted_at", "id");

-- AddForeignKey
ALTER TABLE "detection_posts" ADD CONSTRAINT "detection_posts_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "detection_posts" ADD CONSTRAINT "detection_posts_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotspot_events" ADD CONSTRAINT "hotspot_events_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotspot_points" ADD CONSTRAINT "hotspot_points_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is deleted with its post is noted for detection, which has it in memory.
CREATE FUNCTION note_removed_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO removed_posts (post_id) VALUES (OLD.post_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER note_removed_post AFTER DELETE ON detection_posts FOR EACH ROW WHEN (OLD.kept) EXECUTE FUNCTION note_removed_post();
