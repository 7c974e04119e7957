-- CreateEnum
CREATE TYPE "DeletionReason" AS ENUM ('USER', 'UPSTREAM', 'RETENTION');

-- AlterTable
ALTER TABLE "import_rejections" ADD COLUMN     "post_key" BYTEA;

-- AlterTable
ALTER TABLE "imports" ADD COLUMN     "deleted" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "tombstones" (
    "post_key" BYTEA NOT NULL,
    "reason" "DeletionReason" NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tombstones_pkey" PRIMARY KEY ("post_key")
);

-- CreateTable
CREATE TABLE "tombstone_secret" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "secret" BYTEA NOT NULL,

    CONSTRAINT "tombstone_secret_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lost_images" (
    "sha256" CHAR(64) NOT NULL,
    "lost_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lost_images_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "hotspot_events_post_ids_idx" ON "hotspot_events" USING GIN ("post_ids");

-- CreateIndex
CREATE INDEX "import_rejections_post_key_idx" ON "import_rejections"("post_key");

-- A text's piece was its words, which copies of it kept after the text itself was deleted. It is a hash of them now.
UPDATE "detection_posts" SET "piece" = 'text:' || left(encode(sha256(convert_to(substr("piece", 6), 'UTF8')), 'hex'), 32)
WHERE "piece" LIKE 'text:%' AND "piece" !~ '^text:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
UPDATE "detection_state" SET "version" = "version" + 1, "saved" = jsonb_set("saved", '{coordinated}', coalesce((
  SELECT jsonb_agg(CASE WHEN piece LIKE 'text:%' THEN 'text:' || left(encode(sha256(convert_to(substr(piece, 6), 'UTF8')), 'hex'), 32) ELSE piece END ORDER BY place)
  FROM jsonb_array_elements_text("saved" -> 'coordinated') WITH ORDINALITY AS told (piece, place)
), '[]'));
