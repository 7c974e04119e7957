-- AlterTable
ALTER TABLE "hotspots" ADD COLUMN     "peak" JSONB,
ADD COLUMN     "peak_score" DOUBLE PRECISION NOT NULL DEFAULT 0;
