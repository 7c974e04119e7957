-- CreateEnum
CREATE TYPE "AlertMetric" AS ENUM ('SCORE', 'GROWTH', 'AUTHORS', 'KEYWORD', 'OPINION_SHIFT');

-- CreateEnum
CREATE TYPE "AlertState" AS ENUM ('FIRING', 'RESOLVED');

-- CreateEnum
CREATE TYPE "AlertHold" AS ENUM ('SILENCED', 'QUIET', 'LATE');

-- CreateTable
CREATE TABLE "alert_rules" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "metric" "AlertMetric" NOT NULL,
    "threshold" DOUBLE PRECISION NOT NULL,
    "window_minutes" INTEGER NOT NULL,
    "sources" TEXT[],
    "languages" TEXT[],
    "keywords" TEXT[],
    "severity" INTEGER NOT NULL DEFAULT 5,
    "cooldown_minutes" INTEGER NOT NULL,
    "quiet" JSONB,
    "tells_end" BOOLEAN NOT NULL DEFAULT false,
    "destination_ids" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alerts" (
    "id" UUID NOT NULL,
    "rule_id" UUID,
    "rule_name" TEXT NOT NULL,
    "severity" INTEGER NOT NULL,
    "hotspot_id" TEXT NOT NULL,
    "round" INTEGER NOT NULL,
    "state" "AlertState" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "value" DOUBLE PRECISION NOT NULL,
    "threshold" DOUBLE PRECISION NOT NULL,
    "reason" TEXT NOT NULL,
    "post_ids" UUID[],
    "posts" INTEGER NOT NULL,
    "authors" INTEGER NOT NULL,
    "hold" "AlertHold",
    "held_until" TIMESTAMPTZ(3),
    "digest_id" UUID,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "silences" (
    "id" UUID NOT NULL,
    "rule_id" UUID,
    "hotspot_id" TEXT,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "silences_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "alert_rules_name_key" ON "alert_rules"("name");

-- CreateIndex
CREATE INDEX "alerts_at_id_idx" ON "alerts"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "alerts_hotspot_id_at_idx" ON "alerts"("hotspot_id", "at" DESC);

-- CreateIndex
CREATE INDEX "alerts_digest_id_idx" ON "alerts"("digest_id");

-- CreateIndex
CREATE INDEX "alerts_post_ids_idx" ON "alerts" USING GIN ("post_ids");

-- CreateIndex
CREATE UNIQUE INDEX "alerts_rule_id_hotspot_id_round_state_key" ON "alerts"("rule_id", "hotspot_id", "round", "state");

-- CreateIndex
CREATE INDEX "silences_until_idx" ON "silences"("until" DESC);

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rules"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "silences" ADD CONSTRAINT "silences_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rules"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "silences" ADD CONSTRAINT "silences_hotspot_id_fkey" FOREIGN KEY ("hotspot_id") REFERENCES "hotspots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The rule that is there from the start. What it is worth: bench/results.md.
INSERT INTO "alert_rules" ("id", "name", "metric", "threshold", "window_minutes", "sources", "languages", "keywords", "severity", "cooldown_minutes", "destination_ids")
VALUES ('019e0000-0000-7000-8000-000000000001', 'New hotspot', 'SCORE', 3.5, 60, '{}', '{}', '{}', 5, 1440, '{}');
