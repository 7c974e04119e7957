import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deletePosts } from '../../src/jobs/deletePosts.js';
import { messagesFrom } from '../../src/messages.js';
import { describeDatabases } from '../support/databases.js';
import { filesWith } from '../support/everywhere.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { closeMailboxes, type Mailbox, openMailbox } from '../support/mailbox.js';
import { type ReportedCity, reportedCity } from '../support/reportedCity.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('reports over the API', (open) => {
  let services: TestServices;
  let server: TestServer;
  let city: ReportedCity;
  let folder: string;
  let mailbox: Mailbox;
  beforeAll(async () => {
    mailbox = await openMailbox();
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-delivered-'));
    services = await openTestServices(open(), {
      env: { HOTLENS_DELIVER_DIR: folder, HOTLENS_SMTP_URL: mailbox.smtpUrl },
    });
    city = await reportedCity(services);
    await services.startWorker();
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server.close();
    await services.close();
    await closeMailboxes();
    await rm(folder, { recursive: true, force: true });
  });
  const input = (more: object = {}) => ({
    name: 'Morning',
    question: { since: new Date(city.until.getTime() - 86_400_000), until: city.until },
    cron: '0 7 * * *',
    timeZone: 'Europe/Berlin',
    ...more,
  });
  const create = async (more: object = {}) =>
    (
      await server.data<{ createReport: { id: string; schedule: string; nextRunAt: string | null } }>(
        'mutation ($input: ReportInput!) { createReport(input: $input) { id schedule nextRunAt } }',
        { input: input(more) },
      )
    ).createReport;
  async function run(id: string): Promise<string> {
    const { runReport } = await server.data<{ runReport: { id: string; status: string } }>(
      'mutation ($id: ID!) { runReport(id: $id) { id status } }',
      { id },
    );
    await until('the report is made', async () => {
      const { reportRun } = await server.data<{ reportRun: { status: string } }>(
        `{ reportRun(id: "${runReport.id}") { status } }`,
      );
      return reportRun.status === 'COMPLETED';
    });
    return runReport.id;
  }

  it('are made, listed, changed and deleted; what was made of one stays', async () => {
    const { id, schedule, nextRunAt } = await create();
    expect(schedule).toBe('every day at 07:00, Europe/Berlin');
    expect(new Date(nextRunAt!).getTime()).toBeGreaterThan(Date.now());
    const runId = await run(id);
    const asked = await server.data<{
      reports: { nodes: object[] };
      reportRuns: { nodes: { id: string; document: object }[] };
    }>(
      '{ reports { totalCount nodes { id name newestRun { id status } } } reportRuns(first: 5) { nodes { id name document } } }',
    );
    expect(asked.reports.nodes).toEqual([{ id, name: 'Morning', newestRun: { id: runId, status: 'COMPLETED' } }]);
    expect(asked.reportRuns.nodes[0]).toMatchObject({ id: runId, document: { new: [{ id: 'h1', posts: 12 }] } });
    const { updateReport } = await server.data<{ updateReport: object }>(
      'mutation ($id: ID!, $input: ReportInput!) { updateReport(id: $id, input: $input) { name nextRunAt formats } }',
      { id, input: input({ name: 'Evening', enabled: false, formats: ['HTML'] }) },
    );
    expect(updateReport).toEqual({ name: 'Evening', nextRunAt: null, formats: ['HTML'] });
    await server.data('mutation ($id: ID!) { deleteReport(id: $id) }', { id });
    const after = await server.data<{ reports: { totalCount: number }; reportRun: object }>(
      `{ reports { totalCount } reportRun(id: "${runId}") { reportId name } }`,
    );
    expect(after).toEqual({ reports: { totalCount: 0 }, reportRun: { reportId: null, name: 'Morning' } });
  });

  it.each([
    [{ cron: '61 * * * *' }, /cron: Invalid value for minute/],
    [{ timeZone: 'Nowhere' }, /timeZone: expected a name/],
    [{ name: ' ' }, /name: expected 1 to 200 characters/],
    [{ formats: [] }, /formats: expected one at least/],
    [{ question: { since: '2026-05-01T00:00:00Z' } }, /question: expected since and until together/],
    [{ question: { last: 'DAY', filter: { text: 'a\u0000' } } }, /question: filter: text: NUL/],
  ])('are not made of %j', async (more, reason) => {
    const { errors } = await server.ask('mutation ($input: ReportInput!) { createReport(input: $input) { id } }', {
      input: input(more),
    });
    expect(errors![0]).toMatchObject({
      message: expect.stringMatching(reason),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('are seen before they are made, and nothing of that is kept', async () => {
    const { previewReport } = await server.data<{ previewReport: object }>(
      'query ($question: ReportQuestionInput!) { previewReport(question: $question, timeZone: "Asia/Tokyo") }',
      { question: input().question },
    );
    expect(previewReport).toMatchObject({ schemaVersion: 1, timeZone: 'Asia/Tokyo', new: [{ id: 'h1' }] });
    const { rows } = await open().pool.query('SELECT FROM report_runs WHERE report_id IS NOT NULL');
    expect(rows).toEqual([]);
  });

  it('are served as files that run nothing and that nobody keeps', async () => {
    const { id } = await create();
    const runId = await run(id);
    for (const [extension, type] of [
      ['html', 'text/html; charset=utf-8'],
      ['pdf', 'application/pdf'],
      ['json', 'application/json; charset=utf-8'],
    ]) {
      const answer = await fetch(`${server.url}/reports/${runId}.${extension}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    }
    expect((await fetch(`${server.url}/reports/${randomUUID()}.html`)).status).toBe(404);
    expect((await fetch(`${server.url}/reports/..%2f${runId}.html`)).status).toBe(400);
    expect((await fetch(`${server.url}/reports/${runId}.exe`)).status).toBe(404);
    await server.data('mutation ($id: ID!) { deleteReport(id: $id) }', { id });
  });

  it('are delivered once, as a message with pictures and the PDF; a deleted post goes from what lies in the folder', async () => {
    const { createDestination } = await server.data<{ createDestination: { destination: { id: string } } }>(
      'mutation { createDestination(name: "desk", kind: FOLDER, settings: { path: "desk" }) { destination { id } } }',
    );
    const { id } = await create({ destinations: [createDestination.destination.id] });
    const runId = await run(id);
    const delivered = async () => {
      const { deliveries } = await server.data<{
        deliveries: { nodes: { kind: string; status: string; subjectId: string }[] };
      }>('{ deliveries(first: 10) { nodes { kind status subjectId } } }');
      return deliveries.nodes;
    };
    await until('it is delivered', async () => (await delivered()).some(({ status }) => status === 'DELIVERED'));
    expect(await delivered()).toEqual([{ kind: 'REPORT', status: 'DELIVERED', subjectId: runId }]);
    const [place] = await readdir(path.join(folder, 'desk'));
    const names = await readdir(path.join(folder, 'desk', place!));
    expect(names.filter((name) => name.startsWith('message.')).sort()).toEqual([
      'message.html',
      'message.json',
      'message.txt',
    ]);
    expect(names.filter((name) => name.endsWith('.pdf'))).toHaveLength(1);
    expect(names.filter((name) => name.endsWith('.jpg'))).toHaveLength(1);
    const text = await readFile(path.join(folder, 'desk', place!, 'message.txt'), 'utf8');
    expect(text).toContain('1 hotspot is new, 1 grew and 1 cooled.');
    // Whoever deletes a post that it names takes it out of what lies there.
    const words = 'smoke over Mill Street 1, terrible';
    expect(await filesWith(folder, Buffer.from(words))).not.toEqual([]);
    await deletePosts(services, { ids: [city.posts[1]!], reason: 'USER' });
    await until('the folder is laid anew', async () => (await filesWith(folder, Buffer.from(words))).length === 0);
  });

  it('arrive by mail: plain text, HTML with its pictures inside, and the PDF', async () => {
    const { createDestination } = await server.data<{ createDestination: { destination: { id: string } } }>(
      'mutation { createDestination(name: "ann", kind: EMAIL, settings: { to: ["ann@example.org"] }) { destination { id } } }',
    );
    const { id } = await create({ destinations: [createDestination.destination.id] });
    await run(id);
    await until('the mail is there', () => mailbox.mails[0]);
    const [mail] = mailbox.mails;
    expect(mailbox.recipients).toEqual([['ann@example.org']]);
    expect(mail!.subject).toContain('1 hotspot is new, 1 grew and 1 cooled.');
    expect(mail!.text).toContain('NOT SEEN');
    const types = [...mailbox.sources[0]!.matchAll(/^Content-Type: (multipart\/\w+)/gm)].map(([, type]) => type);
    expect(types).toEqual(['multipart/mixed', 'multipart/alternative', 'multipart/related']);
    const pictures = mail!.attachments.filter(({ contentType }) => contentType === 'image/jpeg');
    expect(pictures.map(({ contentDisposition }) => contentDisposition)).toEqual(['inline']);
    // The parser puts pictures that are named by their content id in their place.
    expect(mail!.html).toContain(`src="data:image/jpeg;base64,${pictures[0]!.content.toString('base64')}"`);
    expect(mail!.html).not.toMatch(/src="(?!data:image\/jpeg)/);
    const [pdf] = mail!.attachments.filter(({ contentType }) => contentType === 'application/pdf');
    expect(pdf).toMatchObject({
      contentDisposition: 'attachment',
      filename: expect.stringMatching(/^hotlens-report-.*\.pdf$/),
    });
    expect(pdf!.content.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('say in a message what is there, and nothing where the run is gone', async () => {
    const messageOf = messagesFrom(services);
    const gone = await messageOf({ id: randomUUID(), kind: 'REPORT', subjectId: randomUUID() });
    expect(gone).toBeNull();
  });
});
