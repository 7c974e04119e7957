import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Finding } from '../../src/doctor/finding.js';
import { describePostgres } from '../support/databases.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

interface Report {
  readonly findings: readonly Finding[];
  readonly ok: number;
  readonly warnings: number;
  readonly failed: number;
}

let folder: string;
/** A data folder with one post and its picture, captioned by nobody. */
let filled: string;
const mounts: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-doctor-test-'));
  filled = path.join(folder, 'filled');
  const posts = path.join(folder, 'posts.ndjson');
  const base64 = (await readFile('test/fixtures/blip2-opt-tiny/image0.png')).toString('base64');
  await writeFile(
    posts,
    `${JSON.stringify({ source: 'test', id: '1', text: 'one', postedAt: '2026-03-01T00:00:00Z', images: [{ base64 }] })}\n`,
  );
  const ingest = runHotlens(['ingest', posts], { HOTLENS_DATA: filled });
  expect(await ingest.ended).toBe(0);
});
afterAll(async () => {
  endAllHotlens();
  for (const place of mounts) execFileSync('umount', ['-l', place], { stdio: 'pipe' });
  await rm(folder, { recursive: true, force: true });
});

/** Port 0, unless it is given: whether 4000 is taken is not the tests' to say. */
async function doctor(env: Readonly<Record<string, string>>, args: readonly string[] = ['--no-trial']) {
  const { ended, stdout, stderr } = runHotlens(['doctor', '--json', ...args], {
    ...TINY_MODELS,
    HOTLENS_PORT: '0',
    HOTLENS_DEVICE: 'cpu',
    ...env,
  });
  const status = await ended;
  expect(stderr()).toBe('');
  const report = JSON.parse(stdout()) as Report;
  expect(status).toBe(report.failed > 0 ? 1 : 0);
  const of = (check: string) => report.findings.filter((finding) => finding.check === check);
  return { ...report, of, output: stdout() };
}

/** Every file with its content and rights, and every folder. */
async function contents(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const { mode } = await stat(file);
      const hash = entry.isFile()
        ? createHash('sha256')
            .update(await readFile(file))
            .digest('hex')
        : '';
      return `${file} ${mode} ${hash}`;
    }),
  );
}

/** A copy of the folder with a post: making its database takes seconds. */
async function folderWithAPost(name: string): Promise<string> {
  const data = path.join(folder, name);
  await cp(filled, data, { recursive: true });
  return data;
}

describe('hotlens doctor', () => {
  it('finds nothing wrong with a folder that was just filled, captions a picture, and changes not a byte', async () => {
    const data = await folderWithAPost('healthy');
    const before = await contents(data);
    // Whether this machine has a Chromium is not the tests' to say.
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    await writeFile(path.join(bin, 'chromium'), '#!/bin/sh\necho Chromium 150.0', { mode: 0o755 });
    const { of, failed, findings } = await doctor({ HOTLENS_DATA: data, PATH: bin }, []);
    expect(of('chromium')).toMatchObject([{ status: 'ok', found: 'Chromium 150.0' }]);
    expect(findings.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(failed).toBe(0);
    expect(of('database')).toMatchObject([{ status: 'ok', found: expect.stringContaining('not a power loss') }]);
    expect(of('migrations')).toMatchObject([{ status: 'ok', found: expect.stringMatching(/^all \d+ applied$/) }]);
    expect(of('pictures')).toMatchObject([
      { status: 'ok', found: expect.stringContaining('of 1 looked for, every file is in') },
    ]);
    expect(of('trial caption')).toMatchObject([{ status: 'ok' }]);
    expect(of('execution provider')).toMatchObject([{ status: 'ok', found: 'cpu: asked for' }]);
    expect(await contents(data)).toEqual(before);
  });

  it('misses the file of a picture that a row names', async () => {
    const data = await folderWithAPost('lost');
    const [picture] = (await readdir(path.join(data, 'media'), { recursive: true })).filter((name) =>
      /[0-9a-f]{64}$/.test(name),
    );
    await unlink(path.join(data, 'media', picture!));
    const { of } = await doctor({ HOTLENS_DATA: data });
    expect(of('pictures')).toMatchObject([
      { status: 'failed', found: expect.stringContaining('of 1 looked for, 1 have no file in') },
    ]);
  });

  it('tells of a folder and a browser that are not there, and makes none', async () => {
    const data = path.join(folder, 'nowhere');
    const { of, failed } = await doctor({ PATH: folder }, ['--no-trial', '--data', data]);
    expect(failed).toBe(0);
    // Nor is there a Chromium in that PATH.
    expect(of('chromium')).toMatchObject([{ status: 'warning', next: expect.stringContaining('install Chromium') }]);
    expect(of('data folder')).toMatchObject([
      { status: 'warning', found: `${data} does not exist`, next: expect.stringContaining('start Hotlens') },
    ]);
    await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names every variable that is wrong, and one that nobody reads, and looks at the rest', async () => {
    const { of } = await doctor({
      HOTLENS_DATA: path.join(folder, 'nowhere'),
      HOTLENS_HEARTBEAT_SECONDS: '1',
      HOTLENS_BATCH_SIZE: 'many',
      HOTLENS_MODLE: 'x',
      HOTLENS_MODEL: path.join(folder, 'no-model'),
    });
    expect(of('configuration').map(({ status, found }) => [status, found.split(/[: ]/)[0]])).toEqual([
      ['failed', 'HOTLENS_BATCH_SIZE'],
      ['failed', 'HOTLENS_HEARTBEAT_SECONDS'],
      ['warning', 'HOTLENS_MODLE'],
    ]);
    expect(of('captioner')).toMatchObject([{ status: 'failed', next: expect.stringContaining('HOTLENS_MODEL') }]);
    expect(of('embedder')).toMatchObject([{ status: 'ok' }]);
  });

  it('says why a PostgreSQL cannot be reached, without its password', async () => {
    // Port 1 is reserved: nothing listens there.
    const { of, output } = await doctor({
      HOTLENS_DATA: path.join(folder, 'nowhere'),
      DATABASE_URL: 'postgresql://somebody:very-secret@127.0.0.1:1/hotlens',
    });
    expect(of('database')).toMatchObject([{ status: 'failed', found: expect.stringContaining('ECONNREFUSED') }]);
    expect(output).not.toContain('very-secret');
  });

  it('does not take another program at the port for a Hotlens', async () => {
    const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    try {
      await until('a port', () => other.address());
      const { port } = other.address() as AddressInfo;
      const { of } = await doctor({ HOTLENS_DATA: path.join(folder, 'nowhere'), HOTLENS_PORT: String(port) });
      expect(of('port')).toMatchObject([{ status: 'failed', next: expect.stringContaining('HOTLENS_PORT') }]);
    } finally {
      other.close();
    }
  });

  it('asks the server that has the embedded database open, and leaves it running', async () => {
    const data = await folderWithAPost('served');
    const server = runHotlens(['start', '--port', '0'], { ...TINY_MODELS, HOTLENS_DATA: data });
    const url = await server.url();
    await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
    const { of, failed } = await doctor({ HOTLENS_DATA: data, HOTLENS_PORT: new URL(url).port });
    expect(failed).toBe(0);
    expect(of('database')).toMatchObject([
      { status: 'ok', found: expect.stringContaining(`in use by the server at ${url} (pid ${server.child.pid})`) },
    ]);
    expect(of('server')).toMatchObject([{ status: 'ok', found: `${url}/readyz: ready` }]);
    expect(of('queue')).toMatchObject([{ status: 'ok', found: expect.stringContaining('caption ') }]);
    expect(of('port')).toMatchObject([{ status: 'ok', found: `a Hotlens is alive at ${url}` }]);
    expect((await fetch(`${url}/readyz`)).ok).toBe(true);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

const disk = path.join(tmpdir(), `hotlens-doctor-disk-${process.pid}`);
const mounted = (() => {
  mkdirSync(disk, { mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=0700', 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    return false;
  }
  mounts.push(disk);
  return true;
})();

(mounted ? describe : describe.skip)(
  mounted ? 'hotlens doctor' : 'hotlens doctor [skipped: mounting is not allowed]',
  () => {
    it('tells of a disk with less room than posts need, and that they are refused', async () => {
      const { of } = await doctor({ HOTLENS_DATA: disk });
      expect(of('disk')).toMatchObject([
        { status: 'failed', found: expect.stringContaining('posts and pictures are refused') },
      ]);
    });
  },
);

describePostgres('hotlens doctor', (url) => {
  async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url() });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const look = () => doctor({ DATABASE_URL: url(), HOTLENS_DATA: path.join(folder, 'nowhere') });

  it('finds an empty database good enough, and makes nothing in it', async () => {
    const { of, failed } = await look();
    expect(failed).toBe(0);
    expect(of('pgvector')).toMatchObject([{ status: 'ok', found: expect.stringContaining('switched on when') }]);
    expect(of('migrations')).toMatchObject([{ status: 'ok', found: expect.stringContaining('is empty') }]);
    expect(of('time zone')).toMatchObject([{ status: 'ok' }]);
    expect(of('clock')).toMatchObject([{ status: 'ok' }]);
    expect(await query(`SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([]);
  });

  it('says that a role without the right to make tables needs it', async () => {
    await query(
      `DO $$ BEGIN CREATE ROLE hotlens_guest LOGIN PASSWORD 'guest'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    );
    await query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    const guest = new URL(url());
    guest.username = 'hotlens_guest';
    guest.password = 'guest';
    const { of, output } = await doctor({ DATABASE_URL: guest.href, HOTLENS_DATA: path.join(folder, 'nowhere') });
    expect(of('rights')).toMatchObject([{ status: 'failed', next: expect.stringContaining('OWNER TO') }]);
    expect(output).not.toContain('guest@');
  });
});
