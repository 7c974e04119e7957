// An import that is killed, and the processes that are there afterwards, as they are built.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { describePostgres } from '../support/databases.js';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

const ROWS = 100_000;

describePostgres('an import that is killed', (databaseUrl) => {
  let folder: string;
  let pool: pg.Pool;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-killed-import-'));
    pool = new pg.Pool({ connectionString: databaseUrl(), max: 2 });
    // The database is dropped before it is closed.
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    endAllHotlens();
    await pool?.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('is closed by the next process that starts once it has been silent for long, and not before', async () => {
    const file = path.join(folder, 'long.ndjson');
    const row = (id: number) =>
      JSON.stringify({ source: 'test', id: String(id), text: 'hello', postedAt: '2026-03-01T00:00:00Z' });
    await writeFile(file, Array.from({ length: ROWS }, (_, id) => row(id)).join('\n'));
    const env = { ...TINY_MODELS, DATABASE_URL: databaseUrl(), HOTLENS_DATA: folder, HOTLENS_DEVICE: 'cpu' };
    const first = runHotlens(['api', '--port', '0'], env);
    const url = await first.url();
    const imports = async () =>
      (
        await askGraphQL<{ imports: { nodes: readonly { status: string; error: string | null; accepted: number }[] } }>(
          url,
          '{ imports { nodes { status error accepted } } }',
        )
      ).imports.nodes;

    const killed = runHotlens(['ingest', file], env);
    await until('some of its posts', async () => (await imports()).some(({ accepted }) => accepted > 0));
    killed.child.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');
    // Another API that starts at once: nobody knows yet that it is dead.
    await runHotlens(['api', '--port', '0'], env).url();
    expect(await imports()).toMatchObject([{ status: 'RUNNING', error: null }]);
    await pool.query(`UPDATE imports SET seen_at = seen_at - interval '3 minutes'`);
    await runHotlens(['api', '--port', '0'], env).url();
    const [left] = await imports();
    expect(left).toMatchObject({ status: 'FAILED', error: expect.stringContaining('no sign of life') });
    expect(left!.accepted).toBeLessThan(ROWS);
  });
});
