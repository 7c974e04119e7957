-- CreateTable
CREATE TABLE "map_points" (
    "image_sha256" CHAR(64) NOT NULL,
    "number" SERIAL NOT NULL,
    "layout" INTEGER NOT NULL DEFAULT 0,
    "x" REAL NOT NULL DEFAULT 0,
    "y" REAL NOT NULL DEFAULT 0,
    "ordinal" INTEGER NOT NULL DEFAULT 0,
    "landmark" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "map_points_pkey" PRIMARY KEY ("image_sha256")
);

-- CreateTable
CREATE TABLE "map_layout" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "layout" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "embedder_digest" TEXT NOT NULL,
    "axes" BYTEA NOT NULL,
    "dimension" INTEGER NOT NULL,
    "grain" DOUBLE PRECISION NOT NULL,
    "captions" INTEGER NOT NULL,
    "pictures" INTEGER NOT NULL,

    CONSTRAINT "map_layout_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "map_points_number_key" ON "map_points"("number");

-- CreateIndex
CREATE INDEX "map_points_layout_idx" ON "map_points"("layout");

-- AddForeignKey
ALTER TABLE "map_points" ADD CONSTRAINT "map_points_image_sha256_fkey" FOREIGN KEY ("image_sha256") REFERENCES "images"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;

-- Pictures that were embedded before there was a map wait for their place too.
INSERT INTO "map_points" ("image_sha256") SELECT DISTINCT "image_sha256" FROM "embeddings" WHERE "kind" = 'CAPTION' ORDER BY 1;
