import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { reportRunById } from '../../src/db/reports/reportRuns.js';
import { reportById } from '../../src/db/reports/reports.js';
import { deletePosts } from '../../src/jobs/deletePosts.js';
import { reportJob } from '../../src/jobs/reportJob.js';
import { fileOfRun, reportOfRun } from '../../src/reports/archive.js';
import { queueDueReports } from '../../src/reports/makeRun.js';
import { sweepReports } from '../../src/reports/sweepReports.js';
import { describeDatabases } from '../support/databases.js';
import { filesIn, filesWith, tablesWith } from '../support/everywhere.js';
import { noJob } from '../support/noJob.js';
import { type ReportedCity, reportedCity } from '../support/reportedCity.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('the archive of reports', (open) => {
  let services: TestServices;
  let city: ReportedCity;
  beforeEach(async () => {
    services = await openTestServices(open());
    city = await reportedCity(services);
  });
  afterEach(async () => {
    await services.close();
    await open().pool.query(
      'TRUNCATE posts, images, hotspots, hotspot_events, reports, report_runs, tombstones, lost_images CASCADE; DELETE FROM pgboss.job',
    );
  });
  const job = () => reportJob(services);
  const archive = () => ({
    pool: open().pool,
    config: services.config,
    media: services.media.store,
    baseUrl: 'http://h',
  });

  /** A report that was first due at this time. */
  async function scheduled(nextRunAt: Date, cron = '0 7 * * *'): Promise<string> {
    const id = randomUUID();
    await open().pool.query(
      `INSERT INTO reports (id, name, question, cron, formats, destinations, next_run_at) VALUES ($1, 'Morning', $2, $3, '{HTML,PDF,JSON}', '{}', $4)`,
      [id, { filter: {}, window: { last: 'DAY' }, grouping: 'NONE' }, cron, nextRunAt],
    );
    return id;
  }
  const runsOf = async (reportId: string) =>
    (
      await open().pool.query<{ id: string; dueAt: Date; missed: number; status: string }>(
        'SELECT id::text, due_at AS "dueAt", missed, status FROM report_runs WHERE report_id = $1 ORDER BY due_at',
        [reportId],
      )
    ).rows;
  const look = (now: Date) =>
    queueDueReports(open().pool, {
      now,
      added: (client, id) => services.queue.add('report', [{ data: { runId: id }, key: id }], client),
    });
  async function made(): Promise<string> {
    const reportId = await scheduled(city.until);
    await look(city.until);
    const [run] = await runsOf(reportId);
    await job().run({ runId: run!.id }, noJob);
    return run!.id;
  }

  it('has one run for a due time, however many look', async () => {
    const id = await scheduled(city.until);
    const found = await Promise.all([look(city.until), look(city.until), look(city.until)]);
    expect(found.reduce((a, b) => a + b)).toBe(1);
    expect(await look(city.until)).toBe(0);
    expect(await runsOf(id)).toMatchObject([{ dueAt: city.until, missed: 0, status: 'WAITING' }]);
    expect((await reportById(open().pool, id))!.nextRunAt).toEqual(new Date('2026-05-10T07:00:00Z'));
    // Whoever sets the clock back does not make it twice.
    await open().pool.query('UPDATE reports SET next_run_at = $1', [city.until]);
    expect(await look(city.until)).toBe(0);
    expect(await runsOf(id)).toHaveLength(1);
  });

  it('catches a downtime up once, and tells the due time and what it stands for', async () => {
    const id = await scheduled(new Date('2026-05-04T07:00:00Z'));
    await look(new Date('2026-05-09T11:00:00Z'));
    const [run, ...more] = await runsOf(id);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ dueAt: city.until, missed: 5 });
    await job().run({ runId: run!.id }, noJob);
    const row = (await reportRunById(open().pool, run!.id))!;
    expect(row).toMatchObject({ status: 'COMPLETED', until: city.until });
    expect(await reportOfRun(archive(), row)).toMatchObject({
      dueAt: city.until.toISOString(),
      missed: 5,
      new: [{ id: 'h1' }],
    });
  });

  it('makes a run once, though its job runs twice, and writes its files', async () => {
    const id = await made();
    const before = (await reportRunById(open().pool, id))!;
    await job().run({ runId: id }, noJob);
    expect((await reportRunById(open().pool, id))!.findings).toEqual(before.findings);
    expect(await filesIn(path.join(services.config.dataDir, 'reports'))).toEqual(
      ['html', 'json', 'pdf'].map((extension) => path.join(id, `0.${extension}`)),
    );
  });

  it('keeps no word of a post in the database', async () => {
    await made();
    expect(await tablesWith(open().pool, 'smoke over Mill Street 3, terrible')).toEqual([
      'public.detection_posts',
      'public.posts',
    ]);
  });

  it('has nothing of a post any longer that was deleted, and says that something was', async () => {
    const id = await made();
    const words = 'smoke over Mill Street 3, terrible';
    const page = await fileOfRun(archive(), { id, format: 'HTML' });
    const shown = page
      .toString()
      .match(/base64,([^"]+)"/g)!
      .map((match) => match.slice(7, -1));
    expect(shown).toHaveLength(4);
    expect(page.toString()).toContain(words);
    await deletePosts(services, { ids: [city.posts[3]!], reason: 'USER' });
    expect(await tablesWith(open().pool, words)).toEqual([]);
    const { dataDir } = services.config;
    // The words, the caption of its picture and the copy of the picture, in none of the files below the data folder.
    for (const gone of [words, 'a burning house 3', shown[3]!])
      expect(await filesWith(dataDir, Buffer.from(gone))).toEqual([]);
    expect(await filesIn(path.join(dataDir, 'reports'))).toEqual([]);
    const anew = (await fileOfRun(archive(), { id, format: 'HTML' })).toString();
    expect(anew).not.toContain(words);
    expect(anew).not.toContain(shown[3]!);
    expect(anew).toContain(shown[0]!);
    expect(anew).toContain('Deleted since this was made, and no longer shown: 1 post, 1 picture, 0 hotspots.');
    // The numbers are what was counted then.
    expect(anew).toContain('12 posts, 0 before (+12)');
  });

  it('does not find a file again that was written of posts that were being deleted', async () => {
    const id = await made();
    const { pool } = open();
    let deleted = false;
    const slow = {
      ...archive(),
      media: {
        read: async (sha256: string) => {
          const bytes = await services.media.store.read(sha256);
          // Between what is read of the rows and what is written.
          if (!deleted) {
            deleted = true;
            await deletePosts(services, { ids: [city.posts[0]!], reason: 'UPSTREAM' });
          }
          return bytes;
        },
      },
    };
    await sweepReports({ pool, config: services.config });
    await pool.query('UPDATE report_runs SET generation = generation + 1');
    const page = (await fileOfRun(slow, { id, format: 'HTML' })).toString();
    expect(deleted).toBe(true);
    expect(page).not.toContain('witness 0');
    expect(await filesWith(services.config.dataDir, Buffer.from('witness 0'))).toEqual([]);
  });

  it('loses the files of runs that are gone', async () => {
    const id = await made();
    await open().pool.query('DELETE FROM report_runs');
    await sweepReports({ pool: open().pool, config: services.config });
    expect(await filesIn(path.join(services.config.dataDir, 'reports'))).toEqual([]);
    await expect(fileOfRun(archive(), { id, format: 'HTML' })).rejects.toThrow(`there is no report ${id}`);
  });
});
