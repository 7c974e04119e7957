-- AlterTable
ALTER TABLE "hotspot_decisions" ADD COLUMN     "undoes_id" UUID;

-- CreateIndex
CREATE UNIQUE INDEX "hotspot_decisions_undoes_id_key" ON "hotspot_decisions"("undoes_id");
