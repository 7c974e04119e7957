import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newOwnerKey } from '../../src/access/secrets.js';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { createServer } from '../../src/server.js';
import { reportedCity } from '../support/reportedCity.js';
import { runHotlens } from '../support/runHotlens.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describe('hotlens report', () => {
  let folder: string;
  let data: string;
  let db: Database | undefined;
  let services: TestServices | undefined;
  let close: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-report-'));
    data = path.join(folder, 'data');
    db = await openDatabase({ dataDir: data, databaseUrl: undefined });
    services = await openTestServices(db, { env: { HOTLENS_DATA: data } });
    await reportedCity(services);
    const ownerKey = newOwnerKey();
    const server = createServer({ services, notReady: () => [], ownerKey });
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    db.announce(url, ownerKey);
    close = async () => {
      await server.close();
      await services!.queue.stop();
      await services!.events.close();
      await db!.close();
      close = undefined;
    };
  }, 120_000);
  afterAll(async () => {
    await close?.();
    await rm(folder, { recursive: true, force: true });
  });
  async function report(...args: string[]) {
    const { ended, stdout, stderr } = runHotlens(['report', '--data', data, ...args], {});
    return { status: await ended, stdout: stdout(), stderr: stderr() };
  }
  const day = ['--until', '2026-05-09T07:00Z'];

  it('writes the formats that are asked for, while a server runs and after it alike', async () => {
    const documents: Record<string, unknown>[] = [];
    for (const out of ['with', 'without']) {
      const place = path.join(folder, out);
      const done = await report(...day, '--out', place, '--format', 'json,html', '--by', 'source');
      expect(done).toMatchObject({
        status: 0,
        stderr: expect.stringContaining('1 hotspot is new, 1 grew and 1 cooled.'),
      });
      const stem = 'hotlens-report-2026-05-08T0700Z-to-2026-05-09T0700Z';
      expect((await readdir(place)).sort()).toEqual([`${stem}.html`, `${stem}.json`]);
      expect(done.stdout).toBe(`${path.join(place, `${stem}.json`)}\n${path.join(place, `${stem}.html`)}\n`);
      expect(await readFile(path.join(place, `${stem}.html`), 'utf8')).toContain('data:image/jpeg;base64,');
      documents.push(JSON.parse(await readFile(path.join(place, `${stem}.json`), 'utf8')));
      await close?.();
    }
    const [first, second] = documents.map(({ new: fresh, grew, cooled, seen, window, counts }) => ({
      fresh,
      grew,
      cooled,
      seen,
      window,
      counts,
    }));
    // But for the addresses, which begin with where the server is.
    const plain = (document: unknown) => JSON.parse(JSON.stringify(document).replace(/http:\/\/[\w.]+(:\d+)?\//g, '/'));
    expect(plain(first)).toEqual(plain(second));
  }, 120_000);

  it('says that nothing was seen, and where the newest posts are', async () => {
    const done = await report('--until', '2020-01-02', '--out', path.join(folder, 'old'), '--format', 'json');
    expect(done.status).toBe(0);
    expect(done.stderr).toContain('Nothing was seen');
    expect(done.stderr).toContain('the newest post here is of 2026-05-09T06:');
  }, 60_000);

  it.each([
    [['--since', 'noon'], /since.*expected an ISO 8601 time/],
    [['--format', 'docx'], /format.*expected html, pdf and json/],
    [['--since', '2026-05-02', '--until', '2026-05-01'], /since: expected a time before until/],
    [['--time-zone', 'Mars/Olympus'], /timeZone: expected a name/],
  ])(
    'is used wrongly with %j',
    async (args, reason) => {
      const done = await report(...args);
      expect(done.status).toBe(2);
      expect(done.stderr).toMatch(reason);
    },
    60_000,
  );
});
