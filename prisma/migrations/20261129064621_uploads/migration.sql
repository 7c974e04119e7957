-- AlterTable
ALTER TABLE "imports" ADD COLUMN     "read_to" INTEGER,
ADD COLUMN     "source" TEXT,
ADD COLUMN     "upload_id" UUID,
ADD COLUMN     "upload_name" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "imports_upload_id_upload_name_key" ON "imports"("upload_id", "upload_name");
