-- Vectors; openDatabase says what to do where the server lacks them or the role may not create them.
CREATE EXTENSION IF NOT EXISTS vector;

-- CreateEnum
CREATE TYPE "MediaStatus" AS ENUM ('PENDING', 'STORED', 'FAILED');

-- CreateEnum
CREATE TYPE "CaptionStatus" AS ENUM ('PENDING', 'COMPLETED', 'FAILED');

-- CreateEnum
CREATE TYPE "EmbeddingKind" AS ENUM ('CAPTION', 'IMAGE');

-- CreateEnum
CREATE TYPE "ImportStatus" AS ENUM ('RUNNING', 'COMPLETED', 'FAILED');

-- CreateTable
CREATE TABLE "posts" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "native_id" TEXT NOT NULL,
    "author" TEXT,
    "text" TEXT NOT NULL DEFAULT '',
    "language" TEXT,
    "url" TEXT,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    "likes" INTEGER,
    "reposts" INTEGER,
    "replies" INTEGER,
    "raw" JSONB NOT NULL,
    "import_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "post_images" (
    "id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "alt_text" TEXT,
    "url" TEXT,
    "status" "MediaStatus" NOT NULL DEFAULT 'PENDING',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "image_sha256" CHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "post_images_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "images" (
    "sha256" CHAR(64) NOT NULL,
    "bytes" INTEGER NOT NULL,
    "mime_type" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "phash" CHAR(16) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "current_caption_id" UUID,

    CONSTRAINT "images_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "captions" (
    "id" UUID NOT NULL,
    "image_sha256" CHAR(64) NOT NULL,
    "model_digest" TEXT NOT NULL,
    "adapter_digest" TEXT NOT NULL DEFAULT '',
    "prompt" TEXT NOT NULL DEFAULT '',
    "options" JSONB NOT NULL,
    "options_digest" CHAR(64) NOT NULL,
    "status" "CaptionStatus" NOT NULL DEFAULT 'PENDING',
    "text" TEXT,
    "token_ids" INTEGER[],
    "log_prob" DOUBLE PRECISION,
    "confidence" DOUBLE PRECISION,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "captions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "caption_edits" (
    "id" UUID NOT NULL,
    "image_sha256" CHAR(64) NOT NULL,
    "text" TEXT,
    "editor" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "caption_edits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "embeddings" (
    "id" UUID NOT NULL,
    "image_sha256" CHAR(64) NOT NULL,
    "kind" "EmbeddingKind" NOT NULL,
    "model_digest" TEXT NOT NULL,
    "dimension" INTEGER NOT NULL,
    "text" TEXT,
    "vector" vector NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "embeddings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cluster_runs" (
    "id" UUID NOT NULL,
    "model_digest" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "window_end" TIMESTAMPTZ(3) NOT NULL,
    "image_count" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cluster_runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotspots" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "rank" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "post_count" INTEGER NOT NULL,
    "author_count" INTEGER NOT NULL,
    "first_post_at" TIMESTAMPTZ(3) NOT NULL,
    "last_post_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hotspots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hotspot_members" (
    "hotspot_id" UUID NOT NULL,
    "image_sha256" CHAR(64) NOT NULL,
    "similarity" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "hotspot_members_pkey" PRIMARY KEY ("hotspot_id","image_sha256")
);

-- CreateTable
CREATE TABLE "imports" (
    "id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "status" "ImportStatus" NOT NULL DEFAULT 'RUNNING',
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "rejected" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_rejections" (
    "id" UUID NOT NULL,
    "import_id" UUID NOT NULL,
    "place" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "excerpt" TEXT NOT NULL,

    CONSTRAINT "import_rejections_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "posts_posted_at_id_idx" ON "posts"("posted_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "posts_source_posted_at_idx" ON "posts"("source", "posted_at" DESC);

-- CreateIndex
CREATE INDEX "posts_author_posted_at_idx" ON "posts"("author", "posted_at" DESC);

-- CreateIndex
CREATE INDEX "posts_import_id_idx" ON "posts"("import_id");

-- CreateIndex
CREATE UNIQUE INDEX "posts_source_native_id_key" ON "posts"("source", "native_id");

-- CreateIndex
CREATE INDEX "post_images_image_sha256_idx" ON "post_images"("image_sha256");

-- CreateIndex
CREATE INDEX "post_images_status_idx" ON "post_images"("status");

-- CreateIndex
CREATE UNIQUE INDEX "post_images_post_id_position_key" ON "post_images"("post_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "images_current_caption_id_key" ON "images"("current_caption_id");

-- CreateIndex
CREATE INDEX "images_phash_idx" ON "images"("phash");

-- CreateIndex
CREATE INDEX "captions_status_idx" ON "captions"("status");

-- CreateIndex
CREATE INDEX "captions_completed_at_idx" ON "captions"("completed_at");

-- CreateIndex
CREATE UNIQUE INDEX "captions_image_sha256_model_digest_adapter_digest_options_d_key" ON "captions"("image_sha256", "model_digest", "adapter_digest", "options_digest");

-- CreateIndex
CREATE INDEX "caption_edits_image_sha256_created_at_idx" ON "caption_edits"("image_sha256", "created_at" DESC);

-- CreateIndex
CREATE INDEX "embeddings_model_digest_kind_idx" ON "embeddings"("model_digest", "kind");

-- CreateIndex
CREATE UNIQUE INDEX "embeddings_image_sha256_kind_model_digest_key" ON "embeddings"("image_sha256", "kind", "model_digest");

-- CreateIndex
CREATE INDEX "cluster_runs_created_at_idx" ON "cluster_runs"("created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "hotspots_run_id_rank_key" ON "hotspots"("run_id", "rank");

-- CreateIndex
CREATE INDEX "hotspot_members_image_sha256_idx" ON "hotspot_members"("image_sha256");

-- CreateIndex
CREATE INDEX "imports_started_at_idx" ON "imports"("started_at" DESC);

-- CreateIndex
CREATE INDEX "import_rejections_import_id_place_idx" ON "import_rejections"("import_id", "place");

-- AddForeignKey
ALTER TABLE "posts" ADD CONSTRAINT "posts_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "post_images" ADD CONSTRAINT "post_images_post_id_fkey" FOREIGN KEY ("post_id") REFERENCES "posts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "post_images" ADD CONSTRAINT "post_images_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "images" ADD CONSTRAINT "images_current_caption_id_fkey" FOREIGN KEY ("current_caption_id") REFERENCES "captions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "captions" ADD CONSTRAINT "captions_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "caption_edits" ADD CONSTRAINT "caption_edits_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotspots" ADD CONSTRAINT "hotspots_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "cluster_runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotspot_members" ADD CONSTRAINT "hotspot_members_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hotspot_members" ADD CONSTRAINT "hotspot_members_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_rejections" ADD CONSTRAINT "import_rejections_import_id_fkey" FOREIGN KEY ("import_id") REFERENCES "imports"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say
ALTER TABLE "posts" ADD CONSTRAINT "posts_identity" CHECK ("source" <> '' AND "native_id" <> '');
ALTER TABLE "post_images" ADD CONSTRAINT "post_images_position" CHECK ("position" >= 0);
ALTER TABLE "images" ADD CONSTRAINT "images_sha256" CHECK ("sha256" ~ '^[0-9a-f]{64}$');
ALTER TABLE "images" ADD CONSTRAINT "images_size" CHECK ("bytes" > 0 AND "width" > 0 AND "height" > 0);
ALTER TABLE "captions" ADD CONSTRAINT "captions_completed" CHECK ("status" <> 'COMPLETED' OR "text" IS NOT NULL);
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_dimension" CHECK (vector_dims("vector") = "dimension");
