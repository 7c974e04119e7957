-- CreateEnum
CREATE TYPE "ReportFormat" AS ENUM ('HTML', 'PDF', 'JSON');

-- CreateEnum
CREATE TYPE "ReportRunStatus" AS ENUM ('WAITING', 'COMPLETED', 'FAILED');

-- AlterTable
ALTER TABLE "posts" ADD COLUMN     "sensitive" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "reports" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "cron" TEXT,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "formats" "ReportFormat"[],
    "destinations" UUID[],
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_run_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report_runs" (
    "id" UUID NOT NULL,
    "report_id" UUID,
    "name" TEXT NOT NULL,
    "question" JSONB NOT NULL,
    "time_zone" TEXT NOT NULL,
    "formats" "ReportFormat"[],
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "missed" INTEGER NOT NULL DEFAULT 0,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "status" "ReportRunStatus" NOT NULL DEFAULT 'WAITING',
    "findings" JSONB,
    "shows" TEXT[],
    "generation" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "reports_next_run_at_idx" ON "reports"("next_run_at");

-- CreateIndex
CREATE INDEX "reports_created_at_id_idx" ON "reports"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "report_runs_shows_idx" ON "report_runs" USING GIN ("shows");

-- CreateIndex
CREATE INDEX "report_runs_created_at_id_idx" ON "report_runs"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "report_runs_report_id_due_at_key" ON "report_runs"("report_id", "due_at");

-- AddForeignKey
ALTER TABLE "report_runs" ADD CONSTRAINT "report_runs_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "reports"("id") ON DELETE SET NULL ON UPDATE CASCADE;
