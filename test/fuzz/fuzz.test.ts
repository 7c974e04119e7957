// Inputs that nobody would think of. Each must be taken as it is meant, or refused with a reason; the server goes on.
//
// HOTLENS_FUZZ_INPUTS sets how many (bench/fuzz.js: 10,000), HOTLENS_FUZZ_SEED where they begin. A failure shows its input.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { AppError } from '../../src/errors.js';
import { decodeRgb } from '../../src/inference/decodeRgb.js';
import { csvRows } from '../../src/ingest/csvRows.js';
import type { ImportRow, Rejection } from '../../src/ingest/importRow.js';
import { ingestPosts } from '../../src/ingest/ingestPosts.js';
import { type MediaStore, openMediaStore } from '../../src/ingest/mediaStore.js';
import { ndjsonRows } from '../../src/ingest/ndjsonRows.js';
import { storeImage } from '../../src/ingest/storeImage.js';
import { createSchema } from '../../src/resolvers/index.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { draws, mutated } from './draw.js';
import { drawDocument } from './drawDocument.js';
import { drawRow } from './drawRow.js';
import { type StrictPost, strictPost, strictReading } from './strictReading.js';

const INPUTS = Number(process.env.HOTLENS_FUZZ_INPUTS || 800);
const SEED = Number(process.env.HOTLENS_FUZZ_SEED || 1);
/** Shares of the inputs. */
const COUNTS = {
  lines: Math.round(0.4 * INPUTS),
  records: Math.round(0.15 * INPUTS),
  pictures: Math.round(0.2 * INPUTS),
  documents: Math.round(0.25 * INPUTS),
};
const limits = { maxBytes: 1 << 20, maxPixels: 4_000_000, decodeMs: 20_000 };

let db: Database;
let services: TestServices;
let server: TestServer;
let folder: string;
let media: MediaStore;
beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db);
  server = await startTestServer(services);
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-fuzz-'));
  media = openMediaStore(folder);
});
afterAll(async () => {
  await server?.close();
  await services?.close();
  await db?.close();
  await rm(folder, { recursive: true, force: true });
});

/** For bench/fuzz.js, which shows it. */
function report(what: string, counts: Record<string, number>): void {
  if (process.env.HOTLENS_FUZZ_INPUTS) process.stdout.write(`${what}: ${JSON.stringify(counts)}\n`);
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function alive(): Promise<void> {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
}

/** Ingests the rows; the places of those that were refused, with their reasons. */
async function ingest(rows: AsyncIterable<ImportRow>): Promise<Map<number, Rejection>> {
  await db.pool.query('TRUNCATE posts, imports, images CASCADE');
  const rejections = new Map<number, Rejection>();
  const deps = { db, media, limits, enqueue: async () => undefined };
  const { accepted, updated, rejected } = await ingestPosts(deps, rows, {
    origin: 'fuzz',
    imagesDir: folder,
    onRejected: (rejection) => rejections.set(rejection.place, rejection),
  });
  expect(rejected).toBe(rejections.size);
  for (const { reason } of rejections.values())
    expect(reason).not.toMatch(/^\s*$|undefined|\[object|call stack|internal/i);
  expect((await db.pool.query('SELECT count(*)::int AS posts FROM posts')).rows[0].posts).toBe(accepted);
  expect(updated).toBeGreaterThanOrEqual(0);
  return rejections;
}

/** Whether the database holds exactly what comes of the readings, one after the other. */
async function expectStored(readings: readonly StrictPost[]): Promise<void> {
  const expected = new Map<string, StrictPost>();
  for (const post of readings) {
    const key = JSON.stringify([post.source, post.native_id]);
    const was = expected.get(key);
    // What an update leaves out keeps its value.
    const kept =
      was &&
      (['author', 'language', 'url', 'likes', 'reposts', 'replies'] as const).map((name) => [
        name,
        post[name] ?? was[name],
      ]);
    expected.set(key, { ...post, ...(kept && Object.fromEntries(kept)) });
  }
  const { rows } = await db.pool.query<Omit<StrictPost, 'posted_at'> & { posted_at: Date }>(
    'SELECT source, native_id, author, text, language, posted_at, url, likes, reposts, replies, raw FROM posts',
  );
  const stored = new Map(
    rows.map((row) => [JSON.stringify([row.source, row.native_id]), { ...row, posted_at: row.posted_at.getTime() }]),
  );
  expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, post] of stored) expect(post).toEqual(expected.get(key));
}

describe(`fuzzing, from seed ${SEED} on`, () => {
  it(`takes ${COUNTS.lines} lines of NDJSON as they are meant, or says why not`, async () => {
    const sum = { lines: 0, accepted: 0, rejected: 0 };
    for (let seed = SEED; sum.lines < COUNTS.lines; seed++) {
      const draw = draws(seed);
      const lines = Array.from({ length: 100 }, () => {
        const line = Buffer.from(drawRow(draw));
        return draw.chance(0.25) ? mutated(line, draw, Buffer.from(drawRow(draw))) : line;
      });
      const file = Buffer.concat(lines.flatMap((line) => [line, Buffer.from(draw.chance(0.1) ? '\r\n' : '\n')]));
      const rejections = await ingest(ndjsonRows(pieces(file, 1 + draw.int(5000))));
      const readings = split(file).flatMap(({ place, bytes }) => {
        if (rejections.has(place) || /^\s*$/.test(bytes.toString().replace(/^\ufeff/, ''))) return [];
        try {
          return [strictReading(bytes)];
        } catch (cause) {
          throw new Error(`seed ${seed}, line ${place} was accepted: ${bytes.toString().slice(0, 500)}`, { cause });
        }
      });
      await expectStored(readings);
      sum.lines += lines.length;
      sum.accepted += readings.length;
      sum.rejected += rejections.size;
    }
    expect(sum.accepted).toBeGreaterThan(sum.lines / 10);
    expect(sum.rejected).toBeGreaterThan(sum.lines / 10);
    report('NDJSON', sum);
    await alive();
  });

  it(`takes ${COUNTS.records} rows of CSV as they are meant, or says why not`, async () => {
    const sum = { rows: 0, accepted: 0, rejected: 0, mutatedFiles: 0, refusedFiles: 0 };
    const columns = ['id', 'source', 'Author', 'text', 'created_at', 'like_count', 'url', '__proto__'];
    const texts = [
      'a',
      '',
      ' ',
      '=1+1',
      'two\nlines',
      'say "hi"',
      'a,b;c\td',
      'ä🦊',
      '\u202ex',
      'a\0b',
      '"',
      "'",
      '\r',
      '5" tall',
      'x'.repeat(600),
    ];
    const times = ['2026-05-01T10:00:00Z', '2026-05-01', '1777629600', '2026-02-31', '2026-00-01', '24:00', ''];
    for (let seed = SEED; sum.rows < COUNTS.records; seed++) {
      const draw = draws(seed + 1_000_000);
      const delimiter = draw.one([',', ';', '\t']);
      const end = draw.one(['\n', '\r\n', '\r']);
      const written: { place: number; cells: string[] }[] = [];
      let file = `${draw.chance(0.3) ? '\ufeff' : ''}${columns.join(delimiter)}${end}`;
      let place = 2;
      for (let i = 0; i < 50; i++) {
        const cells = columns.map((name) => {
          if (draw.chance(0.03)) return draw.one(texts);
          if (name === 'id') return String(draw.int(20));
          if (name === 'created_at') return draw.chance(0.9) ? times[0]! : draw.one(times);
          if (name === 'like_count') return draw.one(['', '', '3', '3', '4.0', '12', '7', '1e3', '-1']);
          return name === 'url'
            ? draw.one(['', '', '', 'https://example.org/a?b="c"', 'javascript:1'])
            : draw.one(texts);
        });
        if (draw.chance(0.05)) cells.pop();
        if (draw.chance(0.05)) cells.push('more');
        written.push({ place, cells });
        const line = cells
          .map((cell) => (/["\r\n,;\t\0]/.test(cell) || draw.chance(0.2) ? `"${cell.replaceAll('"', '""')}"` : cell))
          .join(delimiter);
        place += 1 + (line.match(/\r\n|\r|\n/g)?.length ?? 0);
        file += line + end;
      }
      const bytes = Buffer.from(file);
      const rejections = await ingest(csvRows(pieces(bytes, 1 + draw.int(3000))));
      const readings = written
        .filter((row) => !rejections.has(row.place) && row.cells.join('').trim() + row.cells.slice(1).join(' ') !== '')
        .map(({ place: at, cells }) => {
          if (cells.length !== columns.length)
            throw new Error(`seed ${seed}, row ${at} does not fit the header and was accepted`);
          return strictPost(new Map(columns.map((name, i) => [name, cells[i]!])));
        });
      await expectStored(readings);
      // The same file with broken bytes: what its rows mean is anybody's guess, but it ends, and with reasons.
      const broken = csvRows(pieces(mutated(bytes, draw), 1 + draw.int(3000)));
      await ingest(broken).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('header') });
        sum.refusedFiles++;
      });
      sum.mutatedFiles++;
      sum.rows += written.length;
      sum.accepted += readings.length;
      sum.rejected += rejections.size;
    }
    expect(sum.accepted).toBeGreaterThan(sum.rows / 10);
    report('CSV', sum);
    await alive();
  });

  it(`keeps ${COUNTS.pictures} pictures as what they are, or says why not`, async () => {
    const sum = { pictures: 0, kept: 0, refused: 0, decoded: 0 };
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const drawn = sharp({ create: { width: 48, height: 32, channels: 3, background: 'red', noise } });
    const originals = await Promise.all([
      ...(['png', 'jpeg', 'gif', 'webp', 'tiff', 'avif'] as const).map((format) =>
        drawn.clone().toFormat(format).toBuffer(),
      ),
      drawn.clone().jpeg({ progressive: true }).withMetadata({ orientation: 6 }).toBuffer(),
      drawn.clone().png({ palette: true }).toBuffer(),
    ]);
    for (let seed = SEED; sum.pictures < COUNTS.pictures; seed++) {
      const draw = draws(seed + 2_000_000);
      const bytes = mutated(draw.one(originals), draw, draw.one(originals));
      const refusal = (error: unknown) => {
        expect({ seed, error }).toEqual({ seed, error: expect.any(AppError) });
        expect(error).toMatchObject({ code: 'BAD_IMAGE', retryable: false, message: expect.stringMatching(/\S/) });
        return null;
      };
      const image = await storeImage({ media, limits }, bytes).catch(refusal);
      if (image !== null) {
        expect({ seed, type: image.mimeType, ...sizeOf(bytes, image) }).toEqual({
          seed,
          type: typeOf(bytes),
          width: image.width,
          height: image.height,
        });
        expect(await media.read(image.sha256)).toEqual(bytes);
      }
      const rgb = await decodeRgb({ bytes }, limits).catch(refusal);
      if (rgb !== null) expect({ seed, length: rgb.data.length }).toEqual({ seed, length: 3 * rgb.width * rgb.height });
      sum.pictures++;
      sum[image === null ? 'refused' : 'kept']++;
      if (rgb !== null) sum.decoded++;
    }
    expect(sum.refused).toBeGreaterThan(sum.pictures / 10);
    expect(sum.kept).toBeGreaterThan(0);
    report('pictures', sum);
    await alive();
  });

  it(`answers ${COUNTS.documents} GraphQL documents, or says why not`, async () => {
    const sum: Record<string, number> = { documents: 0, answered: 0 };
    const schema = createSchema();
    await services.addPost({ id: '00000000-0000-4000-8000-000000000001', text: 'a fire', images: ['picture'] });
    for (let seed = SEED; sum.documents! < COUNTS.documents; seed++) {
      const draw = draws(seed + 3_000_000);
      const document = drawDocument(schema, draw);
      const query = draw.chance(0.3) ? mutated(Buffer.from(document), draw).toString() : document;
      const body = Buffer.from(
        JSON.stringify({ query, variables: draw.one([{}, { v: 3 }, { v: null }, { v: 'x' }, { v: 1e9 }]) }),
      );
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: draw.chance(0.1) ? mutated(body, draw) : body,
        // A hang, not a measurement.
        signal: AbortSignal.timeout(60_000),
      }).catch((cause: unknown) => {
        throw new Error(`seed ${seed} got no answer: ${query.slice(0, 1000)}`, { cause });
      });
      const text = await response.text();
      const { errors = [] } = JSON.parse(text) as { errors?: { message: string; extensions: { code: string } }[] };
      const found = { seed, query: query.slice(0, 1000), status: response.status, errors };
      if (![200, 400].includes(response.status)) throw new Error(`unexpected status: ${JSON.stringify(found)}`);
      for (const { message, extensions } of errors) {
        if (!CODES.includes(extensions.code)) throw new Error(`unexpected code: ${JSON.stringify(found)}`);
        expect(message).not.toMatch(/^Internal error|node_modules|\.ts:|SELECT |stack/);
        sum[extensions.code] = (sum[extensions.code] ?? 0) + 1;
      }
      sum.documents!++;
      if (errors.length === 0) sum.answered!++;
    }
    expect(sum.answered).toBeGreaterThan(0);
    report('GraphQL', sum);
    await alive();
  });
});

const CODES = [
  ...[
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
    'BAD_USER_INPUT',
    'BAD_REQUEST',
  ],
  ...['TOO_COSTLY', 'NOT_FOUND', 'CONFLICT', 'BAD_IMAGE', 'MEDIA_REFUSED'],
];

/** Lines by their place. */
function split(file: Buffer): { place: number; bytes: Buffer }[] {
  const lines: { place: number; bytes: Buffer }[] = [];
  let from = 0;
  for (let place = 1; from <= file.length; place++) {
    const end = file.indexOf(10, from);
    lines.push({ place, bytes: file.subarray(from, end < 0 ? file.length : end) });
    if (end < 0) break;
    from = end + 1;
  }
  return lines;
}

/** By the first bytes, as the formats' specifications have them. */
function typeOf(bytes: Buffer): string | undefined {
  if (bytes.readUInt16BE(0) === 0xffd8) return 'image/jpeg';
  if (bytes.toString('latin1', 1, 4) === 'PNG') return 'image/png';
  if (bytes.toString('latin1', 0, 3) === 'GIF') return 'image/gif';
  if (bytes.toString('latin1', 8, 12) === 'WEBP') return 'image/webp';
  if (/^(II|MM)/.test(bytes.toString('latin1', 0, 2))) return 'image/tiff';
  return bytes.toString('latin1', 4, 8) === 'ftyp' ? 'image/avif' : undefined;
}

/** The size that a PNG's header says; what was found for the other formats. */
function sizeOf(bytes: Buffer, found: { width: number; height: number }): { width: number; height: number } {
  if (typeOf(bytes) !== 'image/png') return { width: found.width, height: found.height };
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}
