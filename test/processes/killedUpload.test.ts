// A server that is killed while it reads an upload, as it is built, and started again.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describePostgres } from '../support/databases.js';
import { askGraphQL, endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

const ROWS = 10_000;
const BAD_EVERY = 100;
const row = (id: number) =>
  id % BAD_EVERY === 0
    ? `{"id": ${id}`
    : JSON.stringify({ source: 'test', id: String(id), text: `hello ${id}`, postedAt: '2026-03-01T00:00:00Z' });

interface Told {
  readonly posts: { readonly totalCount: number };
  readonly import: {
    readonly status: string;
    readonly accepted: number;
    readonly updated: number;
    readonly rejected: number;
    readonly rejectedRows: { readonly nodes: readonly { readonly place: number }[] };
  };
}

function define(databaseUrl: () => string | undefined): void {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-killed-upload-'));
  });
  afterAll(async () => {
    endAllHotlens();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on behind the last row that was written: every row is there once, refused ones too', async () => {
    const url = databaseUrl();
    const env = {
      ...TINY_MODELS,
      HOTLENS_DATA: folder,
      HOTLENS_DEVICE: 'cpu',
      // A killed worker's jobs come back after so long.
      HOTLENS_HEARTBEAT_SECONDS: '10',
      ...(url !== undefined && { DATABASE_URL: url }),
    };
    const start = () => runHotlens(['start', '--port', '0'], env);
    let server = start();
    const body = Array.from({ length: ROWS }, (_, id) => row(id)).join('\n');
    const answer = await fetch(`${await server.url()}/import?name=long.ndjson`, { method: 'POST', body });
    expect(answer.status).toBe(202);
    const { imports } = (await answer.json()) as { imports: { id: string }[] };
    const told = async () =>
      askGraphQL<Told>(
        await server.url(),
        `{ posts { totalCount } import(id: "${imports[0]!.id}") { status accepted updated rejected rejectedRows(first: 100) { nodes { place } } } }`,
      );
    await until('some of its rows', async () => (await told()).import.accepted > 0);
    server.child.kill('SIGKILL');
    expect(await server.ended).toBe('SIGKILL');
    server = start();
    const before = await told();
    expect(before.import).toMatchObject({ status: 'RUNNING', updated: 0 });
    expect(before.import.accepted).toBeLessThan(ROWS - ROWS / BAD_EVERY);
    const after = await until(
      'the end of the import',
      async () => {
        const now = await told();
        return now.import.status === 'RUNNING' ? undefined : now;
      },
      120_000,
    );
    expect(after).toMatchObject({
      posts: { totalCount: ROWS - ROWS / BAD_EVERY },
      import: { status: 'COMPLETED', accepted: ROWS - ROWS / BAD_EVERY, updated: 0, rejected: ROWS / BAD_EVERY },
    });
    expect(after.import.rejectedRows.nodes.map(({ place }) => place)).toEqual(
      Array.from({ length: 100 }, (_, i) => 1 + i * BAD_EVERY),
    );
    await until('it is deleted', async () => (await readdir(path.join(folder, 'uploads'))).length === 0);
  }, 240_000);
}

describe('an upload whose server is killed [PGlite]', () => define(() => undefined));
describePostgres('an upload whose server is killed', define);
