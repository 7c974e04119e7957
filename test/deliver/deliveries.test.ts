import { createHmac, timingSafeEqual } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { claimDelivery, settleDelivery } from '../../src/db/deliver/claimDelivery.js';
import { queueDeliveries } from '../../src/db/deliver/queueDeliveries.js';
import { uuidv7 } from '../../src/db/uuidv7.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import type { MessageOf } from '../../src/deliver/message.js';
import { outletsOf } from '../../src/deliver/send.js';
import { sendToFolder } from '../../src/deliver/sendToFolder.js';
import { deliverJob } from '../../src/jobs/deliverJob.js';
import { messagesFrom } from '../../src/messages.js';
import { makeKey, send } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { openReceiver, type Receiver } from '../support/httpReceiver.js';
import { noJob } from '../support/noJob.js';
import { someMessage } from '../support/someMessage.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { readXml } from '../support/wellFormed.js';

const CREATE = `mutation ($name: String!, $kind: DestinationKind!, $settings: DestinationSettings) {
  createDestination(name: $name, kind: $kind, settings: $settings) { secret destination { id name kind target enabled } }
}`;

describeDatabases('deliveries', (open) => {
  let services: TestServices;
  /** Waits for no receiver. */
  let hasty: TestServices;
  let server: TestServer;
  let receiver: Receiver;

  beforeAll(async () => {
    const env = { HOTLENS_DELIVER_ALLOW: '127.0.0.1' };
    services = await openTestServices(open(), { env });
    hasty = await openTestServices(open(), { env: { ...env, HOTLENS_DELIVER_TIMEOUT_MS: '300' } });
    server = await startTestServer(services);
    receiver = await openReceiver();
  });

  afterAll(async () => {
    await receiver.close();
    await server.close();
    await hasty.close();
    await services.close();
  });

  interface Made {
    readonly secret: string | null;
    readonly destination: { readonly id: string; readonly target: string };
  }
  let made = 0;
  async function create(kind: string, settings: object): Promise<Made> {
    made += 1;
    const variables = { name: `destination ${made}`, kind, settings };
    return (await server.data<{ createDestination: Made }>(CREATE, variables)).createDestination;
  }

  /** One pass of a worker. */
  const pass = (messageOf: MessageOf = messagesFrom(services), of: TestServices = services) =>
    deliverJob({ ...of, pool: open().pool, messageOf }).run({}, noJob);
  const makeDue = () => open().pool.query(`UPDATE deliveries SET next_attempt_at = now() WHERE status = 'WAITING'`);
  async function put(destinationIds: readonly string[], subjectId = uuidv7()): Promise<string> {
    const parcel = { kind: 'TEST', subjectId, destinationIds } as const;
    await withTransaction(open().pool, (client) => queueDeliveries(client, [parcel]));
    return subjectId;
  }
  async function outbox(subjectId: string) {
    const { deliveries } = await server.data<{ deliveries: { nodes: Record<string, unknown>[] } }>(
      `query ($subjectId: ID) { deliveries(subjectId: $subjectId) {
        nodes { id status attempts error nextAttemptAt deliveredAt destination { name } } } }`,
      { subjectId },
    );
    return deliveries.nodes;
  }

  it('sends a webhook whose signature its receiver can check, and no other', async () => {
    const { secret, destination } = await create('WEBHOOK', { url: `${receiver.url}?token=hidden` });
    expect(destination.target).toBe(`${new URL(receiver.url).origin}/…`);
    const subject = await put([destination.id]);
    receiver.received.length = 0;
    await pass();
    const [row] = await outbox(subject);
    expect(row).toMatchObject({ status: 'DELIVERED', attempts: 1, error: null, nextAttemptAt: null });
    const [{ headers, body, path: asked }] = receiver.received as [(typeof receiver.received)[0]];
    expect(asked).toBe('/hook?token=hidden');
    expect(headers['webhook-id']).toBe(row!.id);
    expect(JSON.parse(body)).toMatchObject({ schema: 1, type: 'test', id: row!.id });
    // As a receiver would write it, from the words of the specification.
    const key = Buffer.from(secret!.replace('whsec_', ''), 'base64');
    const signed = (text: string) =>
      createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`).digest();
    const [version, signature] = String(headers['webhook-signature']).split(',');
    expect(version).toBe('v1');
    expect(timingSafeEqual(signed(body), Buffer.from(signature!, 'base64'))).toBe(true);
    expect(timingSafeEqual(signed(`${body} `), Buffer.from(signature!, 'base64'))).toBe(false);
    expect(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp']))).toBeLessThan(60);
  });

  it('tries again what was answered 500 twice, later each time, and then has it delivered once', async () => {
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    const subject = await put([destination.id]);
    receiver.received.length = 0;
    receiver.answers = [500, 500, 200];
    const pauses: number[] = [];
    for (let attempts = 1; attempts <= 2; attempts += 1) {
      await pass();
      const [row] = await outbox(subject);
      expect(row).toMatchObject({
        status: 'WAITING',
        attempts,
        error: expect.stringContaining('answered 500: said 500'),
      });
      pauses.push(Date.parse(row!.nextAttemptAt as string) - Date.now());
      // Not before its time.
      await pass();
      expect(receiver.received).toHaveLength(attempts);
      await makeDue();
    }
    // 5 to 10 s, then 10 to 20 s, less what passed since.
    expect(pauses[0]).toBeLessThanOrEqual(10_000);
    expect(pauses[1]).toBeGreaterThan(6_000);
    await pass();
    expect(await outbox(subject)).toMatchObject([{ status: 'DELIVERED', attempts: 3, error: null }]);
    await makeDue();
    await pass();
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(3).fill((await outbox(subject))[0]!.id),
    );
  });

  it.each([
    [410, 'FAILED', 'answered 410: said 410'],
    [404, 'FAILED', 'answered 404'],
    [302, 'FAILED', 'answered 302'],
    [429, 'WAITING', 'answered 429'],
    [408, 'WAITING', 'answered 408'],
    [0, 'WAITING', 'did not answer within 300 ms'],
  ])('answered %s, is then %s, and says why', async (answer, status, error) => {
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    const subject = await put([destination.id]);
    receiver.answers = [answer];
    await pass(undefined, answer === 0 ? hasty : services);
    receiver.answers = [200];
    const [row] = await outbox(subject);
    expect(row).toMatchObject({ status, attempts: 1, error: expect.stringContaining(error) });
    await open().pool.query(`UPDATE deliveries SET status = 'FAILED' WHERE status = 'WAITING'`);
    // Sent again by a person, whatever became of it.
    const again = await server.data<{ retryDeliveries: { status: string }[] }>(
      'mutation ($ids: [ID!]!) { retryDeliveries(ids: $ids) { status attempts } }',
      { ids: [row!.id] },
    );
    expect(again.retryDeliveries).toEqual([{ status: 'WAITING', attempts: 0 }]);
    await pass();
    expect(await outbox(subject)).toMatchObject([{ status: 'DELIVERED', attempts: 1, error: null }]);
  });

  it('gives up after a day’s worth of attempts', async () => {
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    const subject = await put([destination.id]);
    receiver.answers = [503];
    await open().pool.query('UPDATE deliveries SET attempts = 39 WHERE subject_id = $1', [subject]);
    await pass();
    receiver.answers = [200];
    expect(await outbox(subject)).toMatchObject([
      { status: 'FAILED', attempts: 40, error: expect.stringContaining('given up after 40 attempts') },
    ]);
  });

  it('sends each row once where two work at the same time, and queues the same thing once', async () => {
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    receiver.received.length = 0;
    const subjects = await Promise.all(Array.from({ length: 30 }, () => put([destination.id, destination.id])));
    await put([destination.id], subjects[0]);
    await Promise.all([pass(), pass(), pass()]);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  it('that a worker claimed and left goes to another when its time is over, and what the first says then counts no more', async () => {
    const { pool } = open();
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    const subject = await put([destination.id]);
    receiver.received.length = 0;
    const left = await claimDelivery(pool, 60_000);
    expect(left).toMatchObject({ subjectId: subject, attempts: 1 });
    await pass();
    expect(receiver.received).toEqual([]);
    await makeDue();
    const taken = await claimDelivery(pool, 60_000);
    expect(taken).toMatchObject({ subjectId: subject, attempts: 2 });
    expect(await settleDelivery(pool, left!, { status: 'FAILED', error: 'too late' })).toBe(false);
    expect(await settleDelivery(pool, taken!, { status: 'DELIVERED', error: null })).toBe(true);
    expect(await outbox(subject)).toMatchObject([{ status: 'DELIVERED', attempts: 2 }]);
  });

  it('does not lead inside, unless an operator allows it', async () => {
    const strict = await openTestServices(open());
    const { destination } = await create('WEBHOOK', { url: receiver.url.replace('127.0.0.1', 'localhost') });
    const subject = await put([destination.id]);
    receiver.received.length = 0;
    await deliverJob({ ...strict, pool: open().pool, messageOf: messagesFrom(strict) }).run({}, noJob);
    await strict.close();
    expect(receiver.received).toEqual([]);
    expect(await outbox(subject)).toMatchObject([
      { status: 'FAILED', error: 'localhost: not a public address (HOTLENS_DELIVER_ALLOW can name it)' },
    ]);
  });

  it('says of what is gone that it is, and sends nothing', async () => {
    const { destination } = await create('WEBHOOK', { url: receiver.url });
    const subject = await put([destination.id]);
    receiver.received.length = 0;
    await pass(async () => null);
    expect(receiver.received).toEqual([]);
    expect(await outbox(subject)).toMatchObject([
      { status: 'FAILED', error: 'what it was to tell of is no longer there' },
    ]);
  });

  it('posts to Slack what Slack takes', async () => {
    const { destination } = await create('SLACK', { url: receiver.url });
    await put([destination.id]);
    receiver.received.length = 0;
    await pass();
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      text: expect.stringContaining('*Test from Hotlens*'),
      blocks: [{ type: 'header' }, { type: 'section' }, { type: 'actions' }],
    });
  });

  it('lays a folder whole, and again in its place', async () => {
    const { destination } = await create('FOLDER', { path: 'press/daily' });
    const subject = await put([destination.id]);
    for (let i = 0; i < 2; i += 1) {
      await pass(async ({ id }) => someMessage({ id, title: `time ${i}`, json: { time: i } }));
      const place = path.join(outletsOf(services.config).folder, 'press/daily');
      const [row] = await outbox(subject);
      expect(await readdir(place)).toEqual([`20260314T154400Z-${row!.id}`]);
      const folder = path.join(place, `20260314T154400Z-${row!.id}`);
      expect((await readdir(folder)).sort()).toEqual([
        ...['message.html', 'message.json', 'message.txt', 'picture-1.png', 'report.pdf'],
      ]);
      expect(await readFile(path.join(folder, 'message.html'), 'utf8')).toContain('src="picture-1.png"');
      expect(JSON.parse(await readFile(path.join(folder, 'message.json'), 'utf8'))).toEqual({ time: i });
      await open().pool.query(`UPDATE deliveries SET status = 'WAITING' WHERE subject_id = $1`, [subject]);
    }
    await pass();
  });

  it.each([
    ['FOLDER', { path: '../elsewhere' }],
    ['FOLDER', { path: '/etc' }],
    ['FOLDER', { path: 'a/../../b' }],
    ['FOLDER', { path: 'a/.hidden' }],
    ['FOLDER', {}],
    ['EMAIL', { to: [] }],
    ['EMAIL', { to: ['ann@example.org\r\nBcc: eve@example.org'] }],
    ['EMAIL', { to: ['Ann <ann@example.org>'] }],
    ['WEBHOOK', { url: 'file:///etc/passwd' }],
    ['WEBHOOK', { url: 'http://user:password@example.org/' }],
    ['SLACK', { url: 'https://example.org/', to: ['ann@example.org'] }],
    ['FEED', { url: 'https://example.org/' }],
  ])('refuses %s with %j', async (kind, settings) => {
    const { errors } = await server.ask(CREATE, { name: 'wrong', kind, settings });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('writes no file but below the folder, whatever the attachments are called', async () => {
    const root = path.join(services.config.dataDir, 'hostile');
    const names = ['../../evil.txt', '/etc/passwd', 'message.html', '..', '', ...HOSTILE_TEXTS.map(([, text]) => text)];
    for (const name of names) {
      const message = someMessage({ attachments: [{ name, mimeType: 'text/plain', bytes: Buffer.from('x') }] });
      await sendToFolder(message, { root, folder: 'a' });
      const files = await readdir(path.join(root, 'a', `20260314T154400Z-${message.id}`));
      expect(files).toHaveLength(4);
    }
    expect(await readdir(root)).toEqual(['a']);
    expect(await readdir(path.join(root, 'a'))).toHaveLength(1);
  });

  it('shows a feed to whoever has its address, valid, and 404 to everybody else', async () => {
    const { secret, destination } = await create('FEED', {});
    const empty = await send(`${server.url}${secret}`);
    expect(empty).toMatchObject({ status: 200, headers: { 'content-type': 'application/atom+xml; charset=utf-8' } });
    expect(readXml(empty.body).textsOf('id')).toEqual([`urn:uuid:${destination.id}`]);
    const subject = await put([destination.id]);
    await pass();
    const [{ id } = { id: '' }] = await outbox(subject);
    const { body } = await send(`${server.url}${secret}`);
    const { textsOf } = readXml(body);
    expect(textsOf('id')).toEqual([`urn:uuid:${destination.id}`, `urn:uuid:${id}`]);
    expect(textsOf('title')[1]).toBe('Test from Hotlens');
    expect(textsOf('updated').every((time) => !Number.isNaN(Date.parse(time)))).toBe(true);
    for (const wrong of [`/feeds/${'x'.repeat(43)}.xml`, '/feeds/.xml', `${secret}x`, `/feeds/${destination.id}.xml`])
      expect((await send(`${server.url}${wrong}`)).status).toBe(404);

    const rotated = await server.data<{ updateDestination: Made }>(
      'mutation ($id: ID!) { updateDestination(id: $id, rotateSecret: true) { secret destination { id } } }',
      { id: destination.id },
    );
    expect((await send(`${server.url}${secret}`)).status).toBe(404);
    expect((await send(`${server.url}${rotated.updateDestination.secret}`)).body).toContain(String(id));
  });

  it('sends nothing new to one that is disabled, or gone', async () => {
    const { destination } = await create('FEED', {});
    await server.data(
      'mutation ($id: ID!) { updateDestination(id: $id, enabled: false) { destination { enabled } } }',
      {
        id: destination.id,
      },
    );
    const subject = await put([destination.id, uuidv7()]);
    expect(await outbox(subject)).toEqual([]);
    const { errors } = await server.ask('mutation ($id: ID!) { testDestination(id: $id) { id } }', {
      id: destination.id,
    });
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    expect(await server.data('mutation ($id: ID!) { deleteDestination(id: $id) }', { id: destination.id })).toEqual({
      deleteDestination: true,
    });
  });

  it('is worked off by a worker that runs, and tells no secret in answers, the log or the audit', async () => {
    const worker = await services.startWorker();
    const slack = await create('SLACK', { url: `${receiver.url}/T000/B000/slacksecret` });
    const hook = await create('WEBHOOK', { url: `${receiver.url}/pathsecret` });
    const feed = await create('FEED', {});
    receiver.received.length = 0;
    for (const { destination } of [slack, hook, feed])
      await server.data('mutation ($id: ID!) { testDestination(id: $id) { id status } }', { id: destination.id });
    while (receiver.received.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    await send(`${server.url}${feed.secret}`);
    await worker.stop(5000);
    const { rows } = await open().pool.query('SELECT * FROM audit_events');
    const told = JSON.stringify([
      services.lines,
      rows,
      await server.data('{ destinations { id name kind target enabled createdAt updatedAt } }'),
      await server.data('{ deliveries(first: 100) { nodes { id error destination { target } } } }'),
    ]);
    for (const secret of ['slacksecret', 'pathsecret', hook.secret!, feed.secret!.slice(7, 50)])
      expect(told.includes(secret)).toBe(false);
  });

  // The last one: from the first key on nobody is answered without.
  it('a feed asks for no key; destinations and the outbox are for analysts', async () => {
    const { secret } = await create('FEED', {});
    const { key } = await makeKey(open(), 'VIEWER');
    expect((await send(`${server.url}${secret}`)).status).toBe(200);
    for (const query of ['{ destinations { id } }', '{ deliveries { nodes { id } } }']) {
      const answer = await send(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query }),
      });
      expect(answer.code).toBe('FORBIDDEN');
    }
  });
});
