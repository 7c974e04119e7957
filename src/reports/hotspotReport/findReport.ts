// Asks the database what a report is to say.
import path from 'node:path';
import type { Pool } from 'pg';
import { TUNING } from '../../analytics/detection/tuning.js';
import { opinionWithin } from '../../analytics/opinion/opinionWithin.js';
import type { Config } from '../../config.js';
import { detectionStatus } from '../../db/detection/detectionStatus.js';
import { type HotspotEventRow, hotspotEventsPage } from '../../db/hotspots/hotspotEvents.js';
import { type HotspotRow, hotspotsByIds } from '../../db/hotspots/hotspotRow.js';
import { barsOfReport } from '../../db/reports/barsOfReport.js';
import { type CountOfGroup, countsByGroup, countsByHotspot, countsOfAll } from '../../db/reports/countsOfReport.js';
import { evidenceOfReport } from '../../db/reports/evidenceOfReport.js';
import { hoursOfSources } from '../../db/reports/hoursOfSources.js';
import { membersInReport, type ReportedMember } from '../../db/reports/membersInReport.js';
import { captionersOfReport, detectionOfReport, editedInReport } from '../../db/reports/modelsOfReport.js';
import type { Span } from '../../db/reports/reportedPosts.js';
import { failuresInReport, importedInReport, seenBySource } from '../../db/reports/seenInReport.js';
import { VERSION } from '../../version.js';
import { type ChangeKind, changeOf, sizeOf } from './changes.js';
import {
  BARS,
  type FoundCoverage,
  type FoundHotspot,
  type FoundOpinion,
  type FoundProvenance,
  type FoundSpan,
  type ReportFindings,
} from './findings.js';
import { gapsOf, USUAL_DAYS } from './gaps.js';
import { before, type ReportQuestion } from './question.js';

/** Hotspots told of each kind, posts that each is shown by, events, reasons of failures. */
const MOST = { hotspots: 12, evidence: 8, events: 100, failures: 10 };
const DAY = 24 * 3_600_000;

export interface FindOptions {
  readonly pool: Pool;
  readonly config: Pick<Config, 'detection'>;
  readonly question: ReportQuestion;
  readonly window: Span;
}

/** Everything that a report says in ids and numbers. Each question is asked of the window and the one of the same length before it. */
export async function findReport({ pool, config, question, window }: FindOptions): Promise<ReportFindings> {
  const { filter } = question;
  const earlier = before(window);
  const spans = { filter, window, earlier };
  const counts = await countsByHotspot(pool, spans);
  const rows = new Map(
    (
      await hotspotsByIds(
        pool,
        counts.map(({ hotspotId }) => hotspotId),
      )
    ).map((row) => [row.id, row]),
  );
  const changed = counts.flatMap((each) => {
    const row = rows.get(each.hotspotId);
    if (row === undefined || row.muted) return [];
    const isNew = row.emergedAt >= window.since && row.emergedAt < window.until && each.posts > 0;
    return [{ counts: each, row, change: changeOf(each, { isNew }) }];
  });
  const ofKind = (kind: ChangeKind) => changed.filter(({ change }) => change === kind);
  const told = (['NEW', 'GREW', 'COOLED'] as const).flatMap((kind) =>
    ofKind(kind)
      .sort(
        kind === 'NEW' ? (a, b) => b.row.peakScore - a.row.peakScore : (a, b) => sizeOf(b.counts) - sizeOf(a.counts),
      )
      .slice(0, MOST.hotspots)
      .map((each) => ({ ...each, change: kind })),
  );
  const events = await eventsIn(pool, window);
  const contents = await contentsOf(pool, { hotspotIds: told.map(({ row }) => row.id), question, window, earlier });
  return {
    question,
    window: iso(window),
    before: iso(earlier),
    madeAt: new Date().toISOString(),
    madeBy: `Hotlens ${VERSION}`,
    hotspots: told.map(({ row, change, counts: { hotspotId: _, ...numbers } }) => ({
      ...numbers,
      ...lifeOf(row),
      change,
      ...contents(row.id),
      coordinated: events
        .filter(({ kind, hotspotId }) => kind === 'COORDINATED' && hotspotId === row.id)
        .map(({ reason }) => reason),
    })),
    counts: {
      NEW: ofKind('NEW').length,
      GREW: ofKind('GREW').length,
      COOLED: ofKind('COOLED').length,
      STEADY: ofKind('STEADY').length,
    },
    muted: counts.filter(({ hotspotId, posts }) => posts > 0 && rows.get(hotspotId)?.muted).length,
    unions: events.flatMap(({ kind, at, hotspotId, otherId, reason }) =>
      (kind === 'MERGED' || kind === 'SPLIT') && hotspotId !== null && otherId !== null
        ? [{ kind, at: at.toISOString(), hotspotId, otherId, reason }]
        : [],
    ),
    seen: await coverageOf(pool, spans),
    made: await provenanceOf(pool, { ...spans, config }),
  };
}

function lifeOf(row: HotspotRow) {
  const { id, state, mergedIntoId, earlierId, splitFromId, score, burst, peakScore, peak } = row;
  const [emergedAt, endedAt] = [row.emergedAt.toISOString(), row.endedAt?.toISOString() ?? null];
  return { id, state, emergedAt, endedAt, mergedIntoId, earlierId, splitFromId, score, burst, peakScore, peak };
}

async function eventsIn(pool: Pool, { since, until }: Span): Promise<readonly HotspotEventRow[]> {
  const filter = { kinds: ['MERGED', 'SPLIT', 'COORDINATED'] as const, since, until };
  return (await hotspotEventsPage(pool, { filter, limit: MOST.events })).rows;
}

type Contents = Pick<FoundHotspot, 'opinion' | 'opinionBefore' | 'bars' | 'groups' | 'evidence'>;

/** What the posts of the hotspots say, by the hotspot's id. */
async function contentsOf(
  pool: Pool,
  {
    hotspotIds,
    question: { filter, grouping },
    window,
    earlier,
  }: {
    readonly hotspotIds: readonly string[];
    readonly question: ReportQuestion;
    readonly window: Span;
    readonly earlier: Span;
  },
): Promise<(id: string) => Contents> {
  const span = { since: earlier.since, until: window.until };
  const members = groupBy(await membersInReport(pool, { hotspotIds, filter, span }));
  const [current, former] = [
    groupBy(await evidenceOfReport(pool, { hotspotIds, filter, span: window, limit: MOST.evidence })),
    groupBy(await evidenceOfReport(pool, { hotspotIds, filter, span: earlier, limit: MOST.evidence })),
  ];
  const groups: ReadonlyMap<string, CountOfGroup[]> =
    grouping === 'NONE'
      ? new Map()
      : groupBy(await countsByGroup(pool, { hotspotIds, grouping, filter, window, earlier }));
  return (id) => {
    const posts = members.get(id) ?? [];
    const inside = posts.filter(({ at }) => at >= window.since.getTime());
    return {
      opinion: opinionOf(inside),
      opinionBefore: opinionOf(posts.filter(({ at }) => at < window.since.getTime())),
      bars: barsOf(posts, span),
      groups: (groups.get(id) ?? []).map(({ hotspotId: _, ...group }) => group),
      // Of one that has fallen silent the posts of before say what it was.
      evidence: (current.get(id) ?? former.get(id) ?? []).map(({ postId, sha256 }) => ({ postId, sha256 })),
    };
  };
}

function opinionOf(posts: readonly ReportedMember[]): FoundOpinion | null {
  const { whole } = opinionWithin(posts);
  if (whole === null) return null;
  const { from: _, to: __, ...opinion } = whole;
  return opinion;
}

function barsOf(posts: readonly { readonly at: number }[], { since, until }: Span): number[] {
  const bars = Array.from({ length: BARS }, () => 0);
  const length = (until.getTime() - since.getTime()) / BARS;
  for (const { at } of posts) bars[Math.min(BARS - 1, Math.floor((at - since.getTime()) / length))]! += 1;
  return bars;
}

async function coverageOf(
  pool: Pool,
  spans: { readonly filter: ReportQuestion['filter']; readonly window: Span; readonly earlier: Span },
): Promise<FoundCoverage> {
  const { filter, window, earlier } = spans;
  const sources = await seenBySource(pool, spans);
  const sum = (of: 'pictures' | 'captioned' | 'failed') => sources.reduce((all, source) => all + source[of], 0);
  const usual = { since: new Date(window.since.getTime() - USUAL_DAYS * DAY), until: window.until };
  const hours = await hoursOfSources(pool, { span: usual, source: filter.source });
  return {
    ...(await countsOfAll(pool, spans)),
    sources,
    pictures: sum('pictures'),
    captioned: sum('captioned'),
    failed: sum('failed'),
    // They are looked for among all pictures of the window.
    failures: sum('failed') === 0 ? [] : await failuresInReport(pool, { ...spans, limit: MOST.failures }),
    gaps: gapsOf(hours, window).map(({ since, until, ...gap }) => ({ ...gap, ...iso({ since, until }) })),
    imports: await importedInReport(pool, window),
    bars: await barsOfReport(pool, { filter, span: { since: earlier.since, until: window.until }, bars: BARS }),
    waiting: (await detectionStatus(pool)).waitingPosts,
  };
}

async function provenanceOf(
  pool: Pool,
  {
    config: { detection: settings },
    ...spans
  }: {
    readonly filter: ReportQuestion['filter'];
    readonly window: Span;
    readonly config: FindOptions['config'];
  },
): Promise<FoundProvenance> {
  const detection = await detectionOfReport(pool);
  return {
    captioners: await captionersOfReport(pool, spans),
    edited: await editedInReport(pool, spans),
    detection: detection && {
      lastStepAt: detection.at.toISOString(),
      coveredHours: detection.coveredHours,
      embedderDigest: detection.embedderDigest,
      embed: settings.embed,
      opinionModel: settings.opinionModel === undefined ? null : path.basename(settings.opinionModel),
      tuning: TUNING,
    },
  };
}

function iso({ since, until }: Span): FoundSpan {
  return { since: since.toISOString(), until: until.toISOString() };
}

function groupBy<Row extends { readonly hotspotId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.hotspotId);
    if (group === undefined) groups.set(row.hotspotId, [row]);
    else group.push(row);
  }
  return groups;
}
