-- AlterTable
ALTER TABLE "imports" ADD COLUMN     "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateIndex
CREATE INDEX "imports_status_idx" ON "imports"("status");
