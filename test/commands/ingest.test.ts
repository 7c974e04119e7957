import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/config.js';
import { lockDataDir } from '../../src/db/dataDirLock.js';
import { openDatabase } from '../../src/db/openDatabase.js';

let folder: string;
let dataDir: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-command-'));
  dataDir = path.join(folder, 'data');
});
afterAll(() => rm(folder, { recursive: true }));

const module = (file: string) => JSON.stringify(pathToFileURL(path.join(PACKAGE_ROOT, file)).href);

interface Ended {
  readonly status: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (...args: string[]) => start(args);

/** The built command in a process of its own, with a queue that only says on standard error that it was called. */
function start(args: readonly string[], onBatch?: (child: ChildProcess) => void): Promise<Ended> {
  const script = `
    import { Command } from 'commander';
    import { addIngest } from ${module('dist/commands/ingest.js')};
    const program = new Command('hotlens');
    const enqueue = async () => void process.stderr.write('enqueued\\n');
    addIngest(async () => ({ enqueue, close: async () => undefined }))(program);
    await program.parseAsync(process.argv.slice(1), { from: 'user' }).catch((error) => {
      process.stderr.write(error.code + ': ' + error.message + '\\n');
      process.exitCode = 1;
    });`;
  const env = { ...process.env, DATABASE_URL: '' };
  return new Promise((resolve) => {
    const node = ['--input-type=module', '-e', script, '--', 'ingest', ...args];
    const child = execFile(process.execPath, node, { cwd: PACKAGE_ROOT, env }, (error, stdout, stderr) => {
      resolve({ status: error ? (error.signal ?? error.code) : 0, stdout, stderr });
    });
    if (onBatch) child.stderr!.once('data', () => onBatch(child));
  });
}

const file = async (name: string, content: string) => {
  await writeFile(path.join(folder, name), content);
  return path.join(folder, name);
};

describe('hotlens ingest', () => {
  it('brings files in, says what it rejects and where, and may be given them again', async () => {
    const ndjson = await file(
      'posts.ndjson',
      '{"id":"1","text":"a","createdAt":"2026-05-01"}\n{"id":"2","text":"b","createdAt":"never\\u001b[2J"}\nnonsense\n{"id":"3","createdAt":"2026-05-01","image":"no/such\\u009b.png"}\n',
    );
    const csv = await file('posts.csv', 'id;text;timestamp\n4;d;2026-05-01 10:00:00\n5;e\n');
    const first = await run(ndjson, csv, '--data', dataDir, '--source', 'trial');
    expect(first.stderr.split('\n')).toEqual([
      expect.stringMatching(
        /posts\.ndjson:2: rejected: createdAt: expected an ISO 8601 time or a Unix time, got "never\\u001b\[2J"$/,
      ),
      expect.stringMatching(/posts\.ndjson:3: rejected: the line is not JSON/),
      expect.stringMatching(/posts\.ndjson:4: picture 1 refused: no\/such\\u\{9b\}\.png: there is no such file$/),
      expect.stringMatching(/posts\.csv:3: rejected: expected 3 columns as in the header, got 2$/),
      '',
    ]);
    expect(first.stdout).toBe(
      `${ndjson}: 2 new, 0 updated, 2 rejected, pictures refused: 1\n${csv}: 1 new, 0 updated, 1 rejected\n`,
    );
    expect(first.status).toBe(0);

    const again = await run(
      ndjson,
      path.join(folder, 'missing.csv'),
      csv,
      '--data',
      dataDir,
      '--source',
      'trial',
      '--json',
    );
    expect(again.status).toBe(1);
    expect(
      again.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        file: ndjson,
        importId: expect.any(String),
        accepted: 0,
        updated: 2,
        rejected: 2,
        deleted: 0,
        refusedPictures: 1,
        toFetch: 0,
      },
      { file: path.join(folder, 'missing.csv'), error: expect.stringContaining('no such file') },
      {
        file: csv,
        importId: expect.any(String),
        accepted: 0,
        updated: 1,
        rejected: 1,
        deleted: 0,
        refusedPictures: 0,
        toFetch: 0,
      },
    ]);

    const db = await openDatabase({ dataDir, databaseUrl: undefined });
    expect(
      await db.prisma.post.findMany({ select: { source: true, nativeId: true }, orderBy: { nativeId: 'asc' } }),
    ).toEqual([
      { source: 'trial', nativeId: '1' },
      { source: 'trial', nativeId: '3' },
      { source: 'trial', nativeId: '4' },
    ]);
    await db.close();
  });

  it('names the file whose header cannot be used, and reads the others', async () => {
    const twice = await file('twice.csv', 'id,text,text\n1,a,b\n');
    const fine = await file('fine.ndjson', '{"id":"1","text":"a","createdAt":"2026-05-01"}\n');
    const { status, stdout, stderr } = await run(twice, fine, '--data', path.join(folder, 'headers'));
    expect(stderr).toContain(`hotlens: ${twice}: the header names the column "text" twice\n`);
    expect(stdout).toBe(`${fine}: 1 new, 0 updated, 0 rejected\n`);
    expect(status).toBe(1);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'loses and doubles nothing when %s ends it and it is run again',
    async (signal) => {
      const own = path.join(folder, signal);
      const lines = Array.from(
        { length: 5000 },
        (_, i) => `{"id":${i},"text":"a","date":"2026-05-01","image":"https://e.org/${i}.png"}\n`,
      );
      const posts = await file('many.ndjson', lines.join(''));
      const first = await start([posts, '--data', own], (child) => child.kill(signal));
      expect(first.status).toBe(signal === 'SIGKILL' ? 'SIGKILL' : 1);
      if (signal === 'SIGINT')
        expect(first.stderr).toContain('SHUTTING_DOWN: stopped before the end: repeat it to go on');

      const db = await openDatabase({ dataDir: own, databaseUrl: undefined });
      const before = await db.prisma.post.count();
      // Some whole batches: what was under way is either there with its pictures or not at all.
      expect(before % 500).toBe(0);
      expect(before).toBeLessThan(5000);
      expect(await db.prisma.postImage.count()).toBe(before);
      expect(await db.prisma.import.findMany({ select: { status: true } })).toEqual([{ status: 'FAILED' }]);
      await db.close();

      const second = await start([posts, '--data', own, '--json']);
      expect(JSON.parse(second.stdout)).toMatchObject({
        accepted: 5000 - before,
        updated: before,
        rejected: 0,
        toFetch: 5000 - before,
      });
    },
  );

  it('says which server has the data directory, and what to do', async () => {
    const lock = lockDataDir(dataDir);
    lock.announce('http://127.0.0.1:4000/graphql');
    const { status, stderr } = await run(await file('one.ndjson', '{}'), '--data', dataDir);
    lock.release();
    expect(status).toBe(1);
    expect(stderr).toBe(
      `CONFLICT: a Hotlens server is using the data directory ${dataDir} (pid ${process.pid}): stop it, or send the posts to its GraphQL API at http://127.0.0.1:4000/graphql\n`,
    );
  });

  it('refuses a folder of pictures that is not there before anything is opened', async () => {
    const { stderr } = await run(
      await file('one.ndjson', '{}'),
      '--images',
      path.join(folder, 'nowhere'),
      '--data',
      path.join(folder, 'unused'),
    );
    expect(stderr).toContain('CONFIG: --images: there is no folder');
  });
});
