// A step of detection, in one transaction: what became of posts and hotspots, why, and the state that the next step goes on from.
import type { ClientBase } from 'pg';
import type { Decision, Pulse } from '../../analytics/detection/detector.js';
import type { Finding, HotspotEvent, Ranking, Transition } from '../../analytics/detection/finding.js';
import type { SavedDetector, SavedPost } from '../../analytics/detection/saved.js';
import type { HotspotEventKind } from '../generated/client.js';
import { uuidv7 } from '../uuidv7.js';
import { writeStanding } from './standingBytes.js';

export interface StepResult {
  readonly findings: readonly Finding[];
  readonly saved: SavedDetector;
  /** Posts that are new or have changed. */
  readonly posts: readonly SavedPost[];
  readonly pulses: readonly Pulse[];
  /** Of the hotspots whose words were looked at. */
  readonly titles: ReadonlyMap<string, { readonly title: string; readonly keywords: readonly string[] }>;
  readonly embedderDigest: string;
  /** What was carried out, or could not be. */
  readonly decisions: readonly Decision[];
  /** Posts from before are no longer looked at: of the background, and of hotspots. Epoch milliseconds. */
  readonly forgotten: { readonly background: number; readonly members: number };
}

/** A stored event, as its subscribers are told of it. */
export interface StoredEvent {
  readonly id: string;
  readonly hotspotId: string | null;
}

/** Writes it, and resolves to its events; `version` is the state's before it (null: there was none). Rejects where another has written meanwhile. */
export async function storeStep(client: ClientBase, step: StepResult, version: number | null): Promise<StoredEvent[]> {
  const { findings, saved } = step;
  const transitions = findings.filter((finding): finding is Transition => finding.type === 'hotspot');
  await storeState(client, step, version);
  await storeHotspots(client, step, transitions);
  await storeWhatMerges(client, step);
  await storePosts(client, step);
  await storePoints(client, step);
  const at = new Date(saved.at);
  const { background, members } = step.forgotten;
  await client.query(
    `UPDATE detection_posts SET kept = false, vector = NULL, standing = NULL
     WHERE kept AND (at < $1 OR (at < $2 AND hotspot_id IS NULL))`,
    [new Date(members), new Date(background)],
  );
  const events = transitions.map((one) => ({
    id: uuidv7(),
    at: new Date(one.at),
    kind: KINDS[one.event],
    hotspotId: one.event === 'coordinated' ? (one.within?.[0] ?? null) : one.hotspot,
    score: one.score,
    reason: one.reason,
    postIds: one.posts,
    otherId: one.into ?? one.from ?? null,
  }));
  await client.query(
    `INSERT INTO hotspot_events (id, at, kind, hotspot_id, score, reason, post_ids, other_id)
     SELECT id, at, kind::"HotspotEventKind", "hotspotId", score, reason, ARRAY(
       SELECT p.id FROM jsonb_array_elements_text("postIds") WITH ORDINALITY AS named (id, place) JOIN posts p ON p.id = named.id::uuid
       ORDER BY place), "otherId"
     FROM jsonb_to_recordset($1::jsonb) AS e (id uuid, at timestamptz, kind text, "hotspotId" text, score float8, reason text,
       "postIds" jsonb, "otherId" text)`,
    [JSON.stringify(events)],
  );
  const made = transitions.map(({ decision, hotspot, into }) => ({ id: decision, made: into ?? hotspot }));
  await client.query(
    `UPDATE hotspot_decisions d SET done_at = $1, made_id = (SELECT made FROM jsonb_to_recordset($3::jsonb) AS m (id uuid, made text) WHERE m.id = d.id)
     WHERE d.id = ANY($2::uuid[])`,
    [at, step.decisions.map(({ id }) => id), JSON.stringify(made.filter(({ id }) => id !== undefined))],
  );
  return events.map(({ id, hotspotId }) => ({ id, hotspotId }));
}

const KINDS: Record<HotspotEvent, HotspotEventKind> = {
  emerged: 'EMERGED',
  grew: 'GREW',
  cooled: 'COOLED',
  split: 'SPLIT',
  merged: 'MERGED',
  ended: 'ENDED',
  coordinated: 'COORDINATED',
};

async function storeState(
  client: ClientBase,
  { saved: { hotspots, ...saved }, embedderDigest }: StepResult,
  version: number | null,
): Promise<void> {
  const state = { ...saved, hotspotIds: hotspots.map(({ id }) => id) };
  const { rowCount } = await client.query(
    `INSERT INTO detection_state AS known (id, at, version, embedder_digest, saved) VALUES (1, $1, 1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET at = excluded.at, version = known.version + 1, embedder_digest = excluded.embedder_digest,
       saved = excluded.saved WHERE known.version = $4`,
    [new Date(saved.at), embedderDigest, JSON.stringify(state), version],
  );
  if (rowCount !== 1) throw new Error('detection was stored by another process meanwhile');
}

async function storeHotspots(
  client: ClientBase,
  { saved, findings, pulses, titles }: StepResult,
  transitions: readonly Transition[],
): Promise<void> {
  const ranking = findings.find((finding): finding is Ranking => finding.type === 'rank');
  const rank = new Map(ranking?.hotspots.map(({ hotspot }, place) => [hotspot, place]));
  const pulse = new Map(pulses.map((one) => [one.hotspot, one]));
  const came = (event: HotspotEvent) =>
    new Map(transitions.filter((one) => one.event === event).map((one) => [one.hotspot, one]));
  const [emerged, split] = [came('emerged'), came('split')];
  const known = await client.query<{ id: string }>('SELECT id FROM hotspots WHERE id = ANY($1::text[])', [
    saved.hotspots.map(({ id }) => id),
  ]);
  // One that is neither stored nor new was deleted with the last of its posts, and does not come back.
  const there = new Set([...known.rows.map(({ id }) => id), ...emerged.keys(), ...split.keys()]);
  const living = saved.hotspots.filter(({ id }) => there.has(id));
  const rows = living.map((hotspot) => ({
    id: hotspot.id,
    state: hotspot.state === 'ended' ? 'ENDED' : 'LIVING',
    emergedAt: new Date(hotspot.found),
    score: hotspot.score,
    rank: rank.get(hotspot.id) ?? null,
    burst: pulse.get(hotspot.id)?.burst ?? null,
    at: new Date(saved.at),
    earlierId: emerged.get(hotspot.id)?.from ?? null,
    splitFromId: split.get(hotspot.id)?.from ?? null,
    title: titles.get(hotspot.id)?.title ?? null,
    keywords: titles.get(hotspot.id)?.keywords ?? null,
    saved: hotspot,
  }));
  await client.query(
    `INSERT INTO hotspots AS known (id, state, emerged_at, score, rank, burst, peak_score, peak, earlier_id, split_from_id, title, keywords,
       saved)
     SELECT id, state::"HotspotState", "emergedAt", score, rank, burst, score, burst || jsonb_build_object('at', at), "earlierId", "splitFromId", coalesce(title, ''),
       coalesce(ARRAY(SELECT jsonb_array_elements_text(keywords)), '{}'), saved
     FROM jsonb_to_recordset($1::jsonb) AS h (id text, state text, "emergedAt" timestamptz, at text, score float8, rank int, burst jsonb,
       "earlierId" text, "splitFromId" text, title text, keywords jsonb, saved jsonb)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, score = excluded.score, rank = excluded.rank, merged_into_id = NULL,
       ended_at = CASE WHEN excluded.state = 'ENDED' THEN known.ended_at END,
       burst = coalesce(excluded.burst, known.burst), saved = excluded.saved,
       peak_score = greatest(known.peak_score, excluded.peak_score),
       peak = CASE WHEN excluded.peak_score > known.peak_score THEN excluded.peak ELSE known.peak END,
       title = CASE WHEN excluded.title = '' THEN known.title ELSE excluded.title END,
       keywords = CASE WHEN excluded.title = '' THEN known.keywords ELSE excluded.keywords END`,
    [JSON.stringify(rows)],
  );
  // A hotspot that came and merged within one step is in no state; that it was there is told by its events, under the name of what
  // it became part of.
  const gone = transitions.filter(({ event }) => event === 'merged' || event === 'ended');
  await client.query(
    `INSERT INTO hotspots AS known (id, state, emerged_at, ended_at, score, merged_into_id, title)
     SELECT id, state::"HotspotState", "emergedAt", "endedAt", score, into_id,
       coalesce((SELECT title FROM hotspots whole WHERE whole.id = into_id), '')
     FROM jsonb_to_recordset($1::jsonb) AS h (id text, state text, "emergedAt" timestamptz, "endedAt" timestamptz, score float8, into_id text)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at, rank = NULL,
       merged_into_id = excluded.merged_into_id, saved = CASE WHEN excluded.state = 'MERGED' THEN NULL ELSE known.saved END`,
    [
      JSON.stringify(
        gone.map(({ hotspot, event, at, score, into }) => ({
          id: hotspot,
          state: event === 'merged' ? 'MERGED' : 'ENDED',
          emergedAt: new Date(emerged.get(hotspot)?.at ?? at),
          endedAt: new Date(at),
          score,
          into_id: into ?? null,
        })),
      ),
    ],
  );
  await client.query(`UPDATE hotspots SET saved = NULL WHERE saved IS NOT NULL AND NOT id = ANY($1::text[])`, [
    saved.hotspots.map(({ id }) => id),
  ]);
}

/** Before they move: a merge that is taken back gives the part these posts again. */
async function storeWhatMerges(client: ClientBase, { decisions }: StepResult): Promise<void> {
  await client.query(
    `UPDATE hotspot_decisions d SET post_ids = ARRAY(SELECT post_id FROM detection_posts WHERE hotspot_id = d.other_id AND kept ORDER BY number)
     WHERE kind = 'MERGE' AND id = ANY($1::uuid[])`,
    [decisions.map(({ id }) => id)],
  );
}

async function storePosts(client: ClientBase, { posts, findings, saved }: StepResult): Promise<void> {
  const joined = new Map<string, number>();
  for (const finding of findings) if (finding.type === 'assign') joined.set(finding.post, finding.at);
  const rows = posts.map((post) => ({
    id: post.id,
    piece: post.piece.replaceAll('\0', ''),
    standing: writeStanding(post).toString('hex'),
    hotspot: post.hotspot,
    joined: new Date(joined.get(post.id) ?? saved.at),
    evidence: post.evidence,
    refused: Number.isFinite(post.refusedAt) ? new Date(post.refusedAt) : null,
    fixed: post.fixed,
  }));
  const CHUNK = 2000;
  for (let from = 0; from < rows.length; from += CHUNK)
    await client.query(
      `UPDATE detection_posts d SET piece = g.piece, standing = decode(g.standing, 'hex'), evidence = g.evidence,
         refused_at = g.refused, fixed = g.fixed, hotspot_id = g.hotspot,
         joined_at = CASE WHEN g.hotspot IS NULL THEN NULL WHEN d.hotspot_id = g.hotspot THEN d.joined_at ELSE g.joined END
       FROM jsonb_to_recordset($1::jsonb) AS g (id uuid, piece text, standing text, hotspot text, joined timestamptz,
         evidence float8, refused timestamptz, fixed boolean)
       WHERE d.post_id = g.id AND d.kept`,
      [JSON.stringify(rows.slice(from, from + CHUNK))],
    );
}

async function storePoints(client: ClientBase, { pulses, findings, saved }: StepResult): Promise<void> {
  const ranking = findings.find((finding): finding is Ranking => finding.type === 'rank');
  const places = ranking?.hotspots.map(({ hotspot }) => hotspot) ?? [];
  await client.query(
    `INSERT INTO hotspot_points (hotspot_id, at, expected, low, high, score, rank)
     SELECT id, $2, expected, low, high, score, rank
     FROM jsonb_to_recordset($1::jsonb) AS p (id text, expected float8, low int, high int, score float8, rank int)
     ON CONFLICT (hotspot_id, at) DO NOTHING`,
    [
      JSON.stringify(
        pulses.map(({ hotspot, score, hour }) => {
          const place = places.indexOf(hotspot);
          return { id: hotspot, ...hour, score, rank: place === -1 ? null : place };
        }),
      ),
      new Date(saved.at),
    ],
  );
}
