import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { finishImport, startImport } from '../../src/db/importRecord.js';
import { type ImportProgress, reportSometimes } from '../../src/ingest/importProgress.js';
import { ingestPosts } from '../../src/ingest/ingestPosts.js';
import { closeLeftImports } from '../../src/jobs/closeLeftImports.js';
import { watchImport } from '../../src/jobs/watchImport.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const FIELDS = 'importId origin state accepted updated rejected deleted unit done total';
const NONE: ImportProgress = {
  importId: 'i',
  origin: 'o',
  state: 'RUNNING',
  accepted: 0,
  updated: 0,
  rejected: 0,
  deleted: 0,
  unit: null,
  done: null,
  total: null,
};
const row = (id: string) => ({ source: 'test', id, text: 'hello', postedAt: '2026-03-01T00:00:00Z' });

describeDatabases('importProgress', (open) => {
  let services: TestServices;
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  });
  afterAll(async () => {
    await client?.dispose();
    await server?.close();
    await services?.close();
  });

  /** What the subscription has told so far, and when it has ended. */
  function follow(importId?: string) {
    const told: ImportProgress[] = [];
    const of = importId === undefined ? '' : `(importId: "${importId}")`;
    const ended = new Promise<unknown>((resolve) => {
      client.subscribe<{ importProgress: ImportProgress }>(
        { query: `subscription { importProgress${of} { ${FIELDS} } }` },
        {
          next: ({ data, errors }) => (data ? told.push(data.importProgress) : resolve(errors)),
          error: resolve,
          complete: () => resolve('complete'),
        },
      );
    });
    return { told, ended };
  }

  it('tells of posts that come in by the API: how many there are, what became of them, and the end', async () => {
    const { told } = follow();
    await until('the subscription', async () => {
      await services.events.publish({ type: 'importProgress', ...NONE });
      return told.length > 0;
    });
    const rows = [row('1'), row('2'), { id: 'bad' }, row('1')];
    await server.data('mutation ($rows: [JSON!]) { ingestPosts(rows: $rows) { accepted } }', { rows });
    const last = await until('the end', () => told.find(({ state }) => state === 'COMPLETED'));
    expect(last).toEqual({
      ...NONE,
      importId: expect.any(String),
      origin: 'graphql',
      state: 'COMPLETED',
      accepted: 2,
      updated: 1,
      rejected: 1,
      unit: 'ROWS',
      done: 4,
      total: 4,
    });
    expect(told.filter(({ importId }) => importId === last.importId)[0]).toMatchObject({ state: 'RUNNING', done: 0 });
  });

  it('of one import begins with how far it is, goes only forwards, and ends with it', async () => {
    let importId = '';
    let go = () => undefined as undefined;
    const gate = new Promise<void>((resolve) => {
      go = () => void resolve() as undefined;
    });
    async function* rows() {
      for (let place = 0; place < 500; place++) yield { place, value: row(`a${place}`) };
      await gate;
      yield { place: 500, value: row('last') };
    }
    const { db, media, config } = services;
    const deps = { db, media: media.store, limits: config.media, enqueue: async () => undefined };
    const report = watchImport(services);
    const ingested = ingestPosts(deps, rows(), {
      origin: 'slow.ndjson',
      extent: { unit: 'BYTES', total: 1000, done: () => 600 },
      report: (progress) => {
        importId = progress.importId;
        return report(progress);
      },
    });
    await until('the first batch', async () => {
      const { rows: found } = await open().pool.query('SELECT accepted FROM imports WHERE origin = $1', [
        'slow.ndjson',
      ]);
      return found[0]?.accepted === 500;
    });
    const { told, ended } = follow(importId);
    await until('the beginning', () => told.length > 0);
    expect(told[0]).toMatchObject({ importId, origin: 'slow.ndjson', state: 'RUNNING', accepted: 500 });
    // Of another one, and of what was before.
    await services.events.publish({ type: 'importProgress', ...NONE, importId: randomUUID(), accepted: 9999 });
    await services.events.publish({ type: 'importProgress', ...NONE, importId, accepted: 3 });
    go();
    await ingested;
    expect(await ended).toBe('complete');
    expect(told.at(-1)).toEqual({
      ...NONE,
      importId,
      origin: 'slow.ndjson',
      state: 'COMPLETED',
      accepted: 501,
      unit: 'BYTES',
      done: 600,
      total: 1000,
    });
    expect(told.map(({ accepted }) => accepted)).toEqual(told.map(({ accepted }) => accepted).sort((a, b) => a - b));
    expect(new Set(told.map((one) => one.importId))).toEqual(new Set([importId]));
  });

  it('of an import that is over says so and ends; of one that failed, too', async () => {
    const { db, media, config } = services;
    const deps = { db, media: media.store, limits: config.media, enqueue: async () => undefined };
    async function* broken() {
      yield { place: 0, value: row('b') };
      throw new Error('the file ends early');
    }
    const options = { origin: 'broken.csv', report: watchImport(services) };
    await expect(ingestPosts(deps, broken(), options)).rejects.toThrow('ends early');
    const { rows } = await open().pool.query<{ id: string }>('SELECT id FROM imports WHERE origin = $1', [
      'broken.csv',
    ]);
    const { told, ended } = follow(rows[0]!.id);
    expect(await ended).toBe('complete');
    expect(told).toMatchObject([{ state: 'FAILED', origin: 'broken.csv' }]);
  });

  it('of an import whose process was killed ends with FAILED once that gives no sign of life; of another one goes on', async () => {
    const { db, log, events } = services;
    const [left, living] = await Promise.all([
      startImport(db.prisma, 'left.csv'),
      startImport(db.prisma, 'living.csv'),
    ]);
    const [watched, other] = [follow(left), follow(living)];
    await until('both beginnings', () => watched.told.length + other.told.length === 2);
    await closeLeftImports({ db, log, events });
    // As if it had said nothing for three minutes.
    await db.pool.query(`UPDATE imports SET accepted = 7, seen_at = now() - interval '3 minutes' WHERE id = $1`, [
      left,
    ]);
    await closeLeftImports({ db, log, events });
    expect(await watched.ended).toBe('complete');
    expect(watched.told).toMatchObject([{ state: 'RUNNING' }, { state: 'FAILED', accepted: 7 }]);
    const { imports } = await server.data<{ imports: { nodes: { id: string }[] } }>(
      '{ imports { nodes { id status error finishedAt } } }',
    );
    expect(imports.nodes).toContainEqual({
      id: left,
      status: 'FAILED',
      error: expect.stringContaining('no sign of life'),
      finishedAt: expect.any(String),
    });
    expect(imports.nodes).toContainEqual({ id: living, status: 'RUNNING', error: null, finishedAt: null });
    await finishImport(db.prisma, living);
    await services.events.publish({ type: 'importProgress', ...NONE, importId: living, state: 'COMPLETED' });
    expect(await other.ended).toBe('complete');
    expect(other.told.map(({ state }) => state)).toEqual(['RUNNING', 'COMPLETED']);
  });

  it('of an import that is none is refused', async () => {
    expect(await follow(randomUUID()).ended).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(await follow('none').ended).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('reports', () => {
  it('pass at most four a second, and the first and the last always', () => {
    let at = 0;
    const passed: number[] = [];
    const report = reportSometimes(
      ({ accepted }) => void passed.push(accepted),
      () => at,
    );
    for (let accepted = 0; accepted <= 100; accepted++) {
      report({ ...NONE, accepted });
      at += 10;
    }
    // Every 25th of those 10 ms apart.
    expect(passed).toEqual([0, 25, 50, 75, 100]);
    report({ ...NONE, accepted: 101, state: 'COMPLETED' });
    expect(passed.at(-1)).toBe(101);
  });
});
