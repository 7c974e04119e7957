// What a report found, in words and pictures that are still there.
import type { Pool } from 'pg';
import { burstInWords } from '../../analytics/detection/burstInWords.js';
import { type HotspotRow, hotspotsByIds } from '../../db/hotspots/hotspotRow.js';
import { type QuotedPicture, type QuotedPost, quotedPictures, quotedPosts } from '../../db/reports/wordsOfReport.js';
import type { FoundHotspot, FoundUnion, ReportFindings } from './findings.js';
import {
  type HotspotReport,
  type NamedHotspot,
  type ReportedHotspot,
  type ReportedUnion,
  SCHEMA_VERSION,
} from './hotspotReport.js';
import { momentIn } from './moment.js';
import { summaryOf } from './summary.js';

export interface Telling {
  readonly title: string;
  readonly timeZone: string;
  readonly dueAt: Date | null;
  readonly missed: number;
  /** Where Hotlens is, without a slash at its end. */
  readonly baseUrl: string;
  /** Of the report below that. */
  readonly path: string;
}

/** Pictures shown and posts named of each hotspot, characters of a text that are quoted. */
const MOST = { pictures: 4, posts: 5, text: 280 };

/** The report as it is read now. Of what was deleted since it was made only the number is told. */
export async function tellReport(pool: Pool, findings: ReportFindings, telling: Telling): Promise<HotspotReport> {
  const { hotspots, unions } = findings;
  const others = [
    ...unions.flatMap(({ hotspotId, otherId }) => [hotspotId, otherId]),
    ...hotspots.flatMap(({ mergedIntoId }) => mergedIntoId ?? []),
  ];
  const rows = new Map(
    (await hotspotsByIds(pool, [...hotspots.map(({ id }) => id), ...others])).map((row) => [row.id, row]),
  );
  const evidence = hotspots.flatMap((hotspot) => hotspot.evidence);
  const postIds = new Set(evidence.map(({ postId }) => postId));
  const sha256s = new Set(evidence.flatMap(({ sha256 }) => sha256 ?? []));
  const posts = new Map((await quotedPosts(pool, [...postIds])).map((post) => [post.id, post]));
  const pictures = new Map((await quotedPictures(pool, [...sha256s])).map((picture) => [picture.sha256, picture]));

  const named = (id: string): NamedHotspot => ({
    id,
    title: rows.get(id)?.title ?? '',
    link: `${telling.baseUrl}/hotspots/${id}`,
  });
  const lists = { NEW: [] as ReportedHotspot[], GREW: [] as ReportedHotspot[], COOLED: [] as ReportedHotspot[] };
  for (const hotspot of hotspots) {
    const row = rows.get(hotspot.id);
    if (row !== undefined) lists[hotspot.change].push(told(hotspot, { row, posts, pictures, named, telling }));
  }
  const united = (of: 'MERGED' | 'SPLIT'): ReportedUnion[] =>
    unions
      .filter((union) => union.kind === of && !unions.some((other) => areOpposite(union, other)))
      .map(({ at, hotspotId, otherId, reason }) => ({ at, hotspot: named(hotspotId), other: named(otherId), reason }));
  const { question, window, before, madeAt, madeBy, counts, muted, seen, made } = findings;
  const { NEW, GREW, COOLED } = counts;
  const report = {
    schemaVersion: SCHEMA_VERSION,
    title: telling.title,
    madeAt,
    madeBy,
    dueAt: telling.dueAt?.toISOString() ?? null,
    missed: telling.missed,
    timeZone: telling.timeZone,
    link: `${telling.baseUrl}${telling.path}`,
    question,
    window,
    before,
    nothingHappened: NEW + GREW + COOLED === 0,
    counts,
    muted,
    new: lists.NEW,
    grew: lists.GREW,
    cooled: lists.COOLED,
    merges: united('MERGED'),
    splits: united('SPLIT'),
    seen,
    made,
    removed: {
      posts: postIds.size - posts.size,
      pictures: sha256s.size - pictures.size,
      hotspots: hotspots.filter(({ id }) => !rows.has(id)).length,
    },
  } as const;
  return { ...report, summary: summaryOf(report) };
}

/** It came out of the other and became part of it in one step: nothing that anybody could have seen. */
function areOpposite(one: FoundUnion, other: FoundUnion): boolean {
  return (
    one.kind !== other.kind && one.at === other.at && one.hotspotId === other.hotspotId && one.otherId === other.otherId
  );
}

interface Words {
  readonly row: HotspotRow;
  readonly posts: ReadonlyMap<string, QuotedPost>;
  readonly pictures: ReadonlyMap<string, QuotedPicture>;
  readonly named: (id: string) => NamedHotspot;
  readonly telling: Telling;
}

function told(hotspot: FoundHotspot, { row, posts, pictures, named, telling }: Words): ReportedHotspot {
  const { evidence, burst, ...found } = hotspot;
  const shown = new Map<string, ReportedHotspot['pictures'][number]>();
  for (const { sha256 } of evidence) {
    const picture = sha256 === null ? undefined : pictures.get(sha256);
    if (picture !== undefined && shown.size < MOST.pictures)
      shown.set(picture.sha256, { ...picture, link: `${telling.baseUrl}/pictures/${picture.sha256}` });
  }
  const [now, then] = [found.opinion?.score ?? null, found.opinionBefore?.score ?? null];
  return {
    ...found,
    title: row.title === '' ? `Hotspot ${row.id}` : row.title,
    keywords: row.keywords,
    reason: reasonOf(hotspot, telling.timeZone),
    link: named(row.id).link,
    ratio: found.postsBefore === 0 ? null : found.posts / found.postsBefore,
    opinionChange: now === null || then === null ? null : now - then,
    pictures: [...shown.values()],
    evidence: evidence
      .flatMap(({ postId }) => posts.get(postId) ?? [])
      .slice(0, MOST.posts)
      .map(({ sensitive: _, postedAt, text, ...post }) => ({
        ...post,
        postedAt: postedAt.toISOString(),
        text: begun(text),
      })),
    mergedInto: found.mergedIntoId === null ? null : named(found.mergedIntoId),
  };
}

/** "Found 07:15 on 29 November; at its height, ..." */
function reasonOf(hotspot: FoundHotspot, timeZone: string): string {
  const { change, emergedAt, endedAt, state, earlierId, splitFromId, burst, peak, score, coordinated } = hotspot;
  const at = (time: string) => momentIn(timeZone, time);
  const parts: string[] = [];
  if (change === 'NEW') {
    const origin =
      splitFromId !== null
        ? ` out of ${splitFromId}`
        : earlierId !== null
          ? `, again: its earlier life is ${earlierId}`
          : '';
    parts.push(`Found ${at(emergedAt)}${origin}`);
  } else if (state === 'ENDED' && endedAt !== null) parts.push(`Ended ${at(endedAt)}`);
  else parts.push(`Known since ${at(emergedAt)}`);
  if (peak !== null) parts.push(`at its height, ${at(peak.at)}, ${burstInWords(peak)}`);
  if (change === 'GREW' && burst !== null && score > 0 && peak !== null && burst.evidence !== peak.evidence)
    parts.push(`when this was made ${burstInWords(burst)}`);
  parts.push(...coordinated);
  return `${parts.join('; ')}.`;
}

function begun(text: string): string {
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text.slice(0, 4 * MOST.text))];
  const short = letters
    .slice(0, MOST.text)
    .map(({ segment }) => segment)
    .join('')
    .trim();
  return short.length < text.trim().length ? `${short}…` : short;
}
