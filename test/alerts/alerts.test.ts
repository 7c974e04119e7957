import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { raiseAlerts } from '../../src/alerts/raiseAlerts.js';
import { queueDeliveries } from '../../src/db/deliver/queueDeliveries.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { outletsOf } from '../../src/deliver/send.js';
import { deletePosts } from '../../src/jobs/deletePosts.js';
import { deliverJob } from '../../src/jobs/deliverJob.js';
import { messagesFrom } from '../../src/messages.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { noJob } from '../support/noJob.js';
import { plantHotspot } from '../support/plantHotspot.js';
import { PIXEL } from '../support/someMessage.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;

describeDatabases('alerts', (open) => {
  let services: TestServices;
  let server: TestServer;
  /** Rules of a database that is new. */
  let first: unknown;
  /** A step not long ago. */
  const T = new Date(Math.floor((Date.now() - 3_600_000) / QUARTER) * QUARTER);
  const step = (number: number) => new Date(T.getTime() + number * QUARTER);

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    const told = await server.data<{ alertRules: unknown }>(
      '{ alertRules { name enabled metric threshold windowMinutes cooldownMinutes } }',
    );
    first = told.alertRules;
  });

  afterAll(async () => {
    await server.close();
    await services.close();
  });

  beforeEach(async () => {
    await open().pool.query(
      'TRUNCATE posts, images, hotspots, hotspot_marks, detection_state, alert_rules, silences, destinations, lost_images CASCADE',
    );
  });

  async function create(rule: object = {}): Promise<string> {
    const { createAlertRule } = await server.data<{ createAlertRule: { id: string } }>(
      'mutation ($rule: AlertRuleInput!) { createAlertRule(rule: $rule) { id } }',
      { rule: { name: 'Score', metric: 'SCORE', threshold: 4, ...rule } },
    );
    return createAlertRule.id;
  }
  async function folder(name = 'alerts'): Promise<string> {
    const { createDestination } = await server.data<{ createDestination: { destination: { id: string } } }>(
      'mutation ($name: String!) { createDestination(name: $name, kind: FOLDER, settings: { path: $name }) { destination { id } } }',
      { name },
    );
    return createDestination.destination.id;
  }
  const raise = (at: Date, now = new Date()) =>
    withTransaction(open().pool, (client) => raiseAlerts(client, { at, now, log: services.log }));
  const pass = () => deliverJob({ ...services, pool: open().pool, messageOf: messagesFrom(services) }).run({}, noJob);
  const place = (name = 'alerts') => path.join(outletsOf(services.config).folder, name);
  interface Told {
    readonly id: string;
    readonly state: string;
    readonly reason: string;
    readonly hold: string | null;
    readonly heldUntil: string | null;
    readonly posts: number;
    readonly authors: number;
    readonly hotspot: { readonly id: string };
    readonly evidence: readonly { readonly id: string }[];
  }
  async function alerts(): Promise<readonly Told[]> {
    const { alerts } = await server.data<{ alerts: { nodes: Told[] } }>(
      '{ alerts(first: 100) { nodes { id state reason hold heldUntil posts authors value threshold ruleName hotspot { id } evidence { id } } } }',
    );
    return alerts.nodes;
  }
  const outbox = async () =>
    (
      await open().pool.query(
        `SELECT subject_id::text AS id, status, next_attempt_at AS at FROM deliveries ORDER BY created_at, id`,
      )
    ).rows as { id: string; status: string; at: Date }[];

  it('has a rule from the start, which every hotspot that is found comes to', async () => {
    expect(first).toEqual([
      { name: 'New hotspot', enabled: true, metric: 'SCORE', threshold: 3.5, windowMinutes: 60, cooldownMinutes: 1440 },
    ]);
  });

  it('is raised once for a hotspot and a state, with its reason and posts, however often the step is repeated', async () => {
    await create();
    const posts = await plantHotspot(open().pool, { id: 'h1', at: T });
    expect((await raise(T)).alerts).toHaveLength(1);
    expect((await raise(T)).alerts).toEqual([]);
    await plantHotspot(open().pool, { id: 'h1', at: step(1), score: 9 });
    expect((await raise(step(1))).alerts).toEqual([]);
    expect(await alerts()).toMatchObject([
      {
        ...{ state: 'FIRING', hold: null, posts: 12, authors: 12, value: 5, threshold: 4, ruleName: 'Score' },
        reason: '12 authors in 1 h, 12x what this hour usually brings (surprise 5.0)',
        hotspot: { id: 'h1' },
        evidence: posts
          .slice(-5)
          .reverse()
          .map((id) => ({ id })),
      },
    ]);
    await plantHotspot(open().pool, { id: 'h1', at: step(9), score: 1, authors: 0 });
    await raise(step(9));
    expect((await alerts()).map(({ state }) => state)).toEqual(['RESOLVED', 'FIRING']);
    const { hotspot } = await server.data<{ hotspot: { alerts: unknown } }>(
      '{ hotspot(id: "h1") { alerts { state ruleName } } }',
    );
    expect(hotspot.alerts).toHaveLength(2);
  });

  it('and its deliveries are there together, or neither is', async () => {
    const to = await folder();
    await create({ destinationIds: [to] });
    await plantHotspot(open().pool, { id: 'h1', at: T });
    await expect(
      withTransaction(open().pool, async (client) => {
        const raised = await raiseAlerts(client, { at: T, log: services.log });
        expect(raised).toMatchObject({ queued: true, alerts: [{ hotspotId: 'h1' }] });
        throw new Error('the step fails');
      }),
    ).rejects.toThrow('the step fails');
    expect([await alerts(), await outbox()]).toEqual([[], []]);
    await raise(T);
    const [alert] = await alerts();
    expect(await outbox()).toMatchObject([{ id: alert!.id, status: 'WAITING' }]);
  });

  it('is raised once by two processes that look at the same time', async () => {
    await create({ destinationIds: [await folder()] });
    await plantHotspot(open().pool, { id: 'h1', at: T });
    const raised = await Promise.all([raise(T), raise(T)]);
    expect(raised.flatMap(({ alerts }) => alerts)).toHaveLength(1);
    expect(await outbox()).toHaveLength(1);
  });

  it('counts the posts of the sources, languages and words alone that the rule asks for', async () => {
    await create({ name: 'sources', metric: 'AUTHORS', threshold: 5, sources: ['mastodon'] });
    await create({ name: 'languages', metric: 'AUTHORS', threshold: 5, languages: ['PT'] });
    await create({ name: 'words', metric: 'KEYWORD', threshold: 5, keywords: ['burning mill', 'nothing & |'] });
    // A word that is left out as too common elsewhere, and a name here.
    await create({ name: 'who', metric: 'KEYWORD', threshold: 5, keywords: ['WHO'] });
    const { pool } = open();
    await plantHotspot(pool, { id: 'h1', at: T, authors: 6, source: 'mastodon' });
    await plantHotspot(pool, { id: 'h2', at: T, authors: 6, language: 'pt-BR' });
    await plantHotspot(pool, { id: 'h3', at: T, authors: 6, text: 'Look, a BURNING mill!' });
    await plantHotspot(pool, { id: 'h4', at: T, authors: 4, source: 'mastodon', language: 'pt', text: 'burning mill' });
    await plantHotspot(pool, { id: 'h5', at: T, authors: 6, text: 'the WHO warns of it' });
    await raise(T);
    const { rows } = await pool.query(`SELECT rule_name AS rule, hotspot_id AS hotspot FROM alerts ORDER BY rule_name`);
    expect(rows).toEqual([
      { rule: 'languages', hotspot: 'h2' },
      { rule: 'sources', hotspot: 'h1' },
      { rule: 'who', hotspot: 'h5' },
      { rule: 'words', hotspot: 'h3' },
    ]);
  });

  it('is raised of opinion that has shifted', async () => {
    await create({ metric: 'OPINION_SHIFT', threshold: 0.5 });
    await plantHotspot(open().pool, { id: 'h1', at: T, opinion: 0.4 });
    await raise(T);
    expect(await alerts()).toEqual([]);
    await plantHotspot(open().pool, { id: 'h1', at: step(5), opinion: -0.3 });
    await raise(step(5));
    expect(await alerts()).toMatchObject([{ reason: 'opinion went from +0.40 (12 posts) to −0.30 (12 posts in 1 h)' }]);
  });

  it('is not raised of what is muted, nor of what became part of a hotspot that one was raised of, nor of that again', async () => {
    await create();
    const { pool } = open();
    await plantHotspot(pool, { id: 'h1', at: T });
    await plantHotspot(pool, { id: 'h2', at: T });
    await pool.query(`INSERT INTO hotspot_marks (hotspot_id, muted) VALUES ('h2', true)`);
    await raise(T);
    expect((await alerts()).map(({ hotspot }) => hotspot.id)).toEqual(['h1']);
    // h1 becomes part of h3, which has not been told of.
    await plantHotspot(pool, { id: 'h3', at: step(1) });
    await pool.query(`UPDATE hotspots SET state = 'MERGED', merged_into_id = 'h3', ended_at = $1 WHERE id = 'h1'`, [
      step(1),
    ]);
    await raise(step(1));
    expect((await alerts()).map(({ hotspot, state, reason }) => [hotspot.id, state, reason])).toEqual([
      ['h1', 'RESOLVED', 'it became part of h3'],
      ['h1', 'FIRING', expect.any(String)],
    ]);
  });

  it('that is silenced is raised and not sent, and says so', async () => {
    await create({ destinationIds: [await folder()] });
    await plantHotspot(open().pool, { id: 'h1', at: T });
    const { silence } = await server.data<{ silence: { id: string } }>(
      'mutation { silence(hotspotId: "h1", reason: "seen") { id reason createdBy hotspot { id } rule { id } } }',
    );
    expect(silence).toMatchObject({ reason: 'seen', createdBy: 'local', hotspot: { id: 'h1' }, rule: null });
    await raise(T);
    expect(await alerts()).toMatchObject([{ hold: 'SILENCED', heldUntil: expect.any(String) }]);
    expect(await outbox()).toEqual([]);
    await server.data('mutation ($id: ID!) { endSilence(id: $id) { id } }', { id: silence.id });
    expect(await server.data('{ silences { id } }')).toEqual({ silences: [] });
    await plantHotspot(open().pool, { id: 'h2', at: step(1) });
    await raise(step(1));
    expect(await outbox()).toHaveLength(1);
    for (const [args, code] of [
      ['', 'BAD_USER_INPUT'],
      ['(hotspotId: "h999")', 'NOT_FOUND'],
      ['(hotspotId: "h1", minutes: 0)', 'BAD_USER_INPUT'],
    ]) {
      const { errors } = await server.ask(`mutation { silence${args} { id } }`);
      expect(errors).toMatchObject([{ extensions: { code } }]);
    }
  });

  it('of a time that is long past is raised and not sent', async () => {
    await create({ destinationIds: [await folder()] });
    const at = new Date(T.getTime() - 49 * 3_600_000);
    await plantHotspot(open().pool, { id: 'h1', at });
    await raise(at);
    expect(await alerts()).toMatchObject([{ hold: 'LATE' }]);
    expect(await outbox()).toEqual([]);
  });

  it('is held in quiet hours, and told of with the others at their end in one message', async () => {
    const quiet = { from: '22:00', to: '07:00', timeZone: 'UTC' };
    await create({ destinationIds: [await folder('quiet')], quiet });
    const night = new Date(Math.floor(T.getTime() / 86_400_000) * 86_400_000 - 60 * MINUTE);
    const at = new Date(night.getTime() - QUARTER);
    await plantHotspot(open().pool, { id: 'h1', at, title: 'First' });
    await raise(at, night);
    const later = new Date(at.getTime() + QUARTER);
    await plantHotspot(open().pool, { id: 'h2', at: later, title: 'Second' });
    await raise(later, new Date(night.getTime() + QUARTER));
    const end = new Date(night.getTime() + 8 * 60 * MINUTE);
    expect(await alerts()).toMatchObject([
      { hold: 'QUIET', heldUntil: end.toISOString() },
      { hold: 'QUIET', heldUntil: end.toISOString() },
    ]);
    expect(await outbox()).toMatchObject([{ at: end }]);
    await open().pool.query('UPDATE deliveries SET next_attempt_at = now()');
    await pass();
    const [name] = await readdir(place('quiet'));
    const text = await readFile(path.join(place('quiet'), name!, 'message.txt'), 'utf8');
    expect(text).toMatch(/^First\n[\s\S]*\n----\n\nSecond\n/);
  });

  it('of a storm is told of five times alone, and once of all the rest', async () => {
    await create({ destinationIds: [await folder('storm')] });
    for (let i = 1; i <= 12; i += 1)
      await plantHotspot(open().pool, { id: `h${i}`, at: T, score: 4 + i, authors: 2, title: `Topic ${i}` });
    await raise(T);
    expect(await alerts()).toHaveLength(12);
    expect(await outbox()).toHaveLength(6);
    await pass();
    const titles = await Promise.all(
      (await readdir(place('storm'))).map(
        async (name) =>
          (JSON.parse(await readFile(path.join(place('storm'), name, 'message.json'), 'utf8')) as { title: string })
            .title,
      ),
    );
    expect(titles.filter((title) => title.startsWith('7 alerts: Topic 7 and 6 more'))).toHaveLength(1);
    expect(titles.filter((title) => title.startsWith('Topic 12: '))).toHaveLength(1);
  });

  it('tells its end where the rule wants it', async () => {
    await create({ destinationIds: [await folder('ends')], tellsEnd: true });
    await plantHotspot(open().pool, { id: 'h1', at: T });
    await raise(T);
    await open().pool.query(`UPDATE hotspots SET state = 'ENDED', ended_at = $1 WHERE id = 'h1'`, [step(1)]);
    await raise(step(1));
    await raise(step(2));
    expect((await alerts()).map(({ state, reason }) => [state, reason])).toEqual([
      ['RESOLVED', 'it has ended'],
      ['FIRING', expect.any(String)],
    ]);
    expect(await outbox()).toHaveLength(2);
  });

  it('of one rule that fails leaves the others and detection alone', async () => {
    await create({ name: 'broken', severity: 9 });
    await create({ name: 'whole', severity: 1 });
    await plantHotspot(open().pool, { id: 'h1', at: T });
    await open().pool.query(`UPDATE alert_rules SET quiet = '{"timeZone": "Nowhere"}' WHERE name = 'broken'`);
    await raise(T);
    const { rows } = await open().pool.query('SELECT rule_name AS rule FROM alerts');
    expect(rows).toEqual([{ rule: 'whole' }]);
    expect(services.lines).toContainEqual(expect.objectContaining({ msg: 'a rule of alerts failed', rule: 'broken' }));
  });

  it('is previewed as it is raised', async () => {
    const { pool } = open();
    const rule = { name: 'Authors', metric: 'AUTHORS', threshold: 10, cooldownMinutes: 60, windowMinutes: 15 };
    const expected: string[] = [];
    const id = await create(rule);
    // Up, down, up again: within the cooldown, and after it.
    for (const [number, authors] of [12, 2, 12, 2, 2, 2, 12].entries()) {
      await plantHotspot(pool, { id: 'h1', at: step(number), authors });
      await raise(step(number));
    }
    for (const { state, reason } of await alerts()) if (state === 'FIRING') expected.push(reason);
    expect(expected).toHaveLength(2);
    await pool.query(
      `INSERT INTO detection_state (id, at, version, embedder_digest, saved) VALUES (1, $1, 1, 'x', '{}')`,
      [step(6)],
    );
    const { previewAlertRule } = await server.data<{
      previewAlertRule: { count: number; alerts: { reason: string }[] };
    }>(
      `query ($rule: AlertRuleInput!) { previewAlertRule(rule: $rule, days: 1) { count since until alerts { at reason hotspot { id } } } }`,
      { rule },
    );
    expect(previewAlertRule).toMatchObject({
      count: 2,
      alerts: expected.map((reason) => ({ reason, hotspot: { id: 'h1' } })),
    });
    // Deleted, its alerts stay; renamed to one that is there, it is refused.
    await create({ name: 'Other' });
    const { errors } = await server.ask(
      'mutation ($id: ID!, $rule: AlertRuleInput!) { updateAlertRule(id: $id, rule: $rule) { id } }',
      {
        id,
        rule: { ...rule, name: 'Other' },
      },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    await server.data('mutation ($id: ID!) { deleteAlertRule(id: $id) }', { id });
    expect((await alerts()).length).toBeGreaterThan(2);
  });

  it('lays its pictures and words in a folder, and takes them back when the posts are deleted', async () => {
    const { pool } = open();
    const sha256 = await services.addImage(PIXEL.toString('latin1'));
    const kept = await services.media.store.put(PIXEL);
    await pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 1, 1, '0123456789abcdef') ON CONFLICT DO NOTHING`,
      [kept, PIXEL.length],
    );
    expect(sha256).toHaveLength(64);
    await create({ destinationIds: [await folder('kept')] });
    const secret = 'a sentence that only one post says';
    const posts = await plantHotspot(pool, { id: 'h1', at: T, text: secret, image: kept, title: secret });
    await raise(T);
    await pass();
    const all = async () => {
      const folders = await readdir(place('kept'));
      const files = await Promise.all(
        folders.map(async (name) =>
          (await readdir(path.join(place('kept'), name))).map((file) => path.join(place('kept'), name, file)),
        ),
      );
      return files.flat();
    };
    const files = await all();
    expect(files.map((file) => path.basename(file)).sort()).toEqual([
      ...['message.html', 'message.json', 'message.txt', `picture-${kept.slice(0, 8)}.jpg`],
    ]);
    const said = async () => (await Promise.all((await all()).map((file) => readFile(file, 'latin1')))).join('');
    expect(await said()).toContain(secret);
    const others = await plantHotspot(pool, { id: 'h1', at: step(1), text: 'another', title: secret });
    await deletePosts(services, { ids: posts, reason: 'USER' });
    await pass();
    expect(await said()).not.toContain(secret);
    expect((await all()).some((file) => file.endsWith('.jpg'))).toBe(false);
    // With its last post the hotspot goes, and its message with it.
    await pool.query(`UPDATE hotspots SET state = 'ENDED' WHERE id = 'h1'`);
    await deletePosts(services, { ids: others, reason: 'USER' });
    await pass();
    expect(await all()).toEqual([]);
    expect(await alerts()).toEqual([]);
  });

  it('shows a sensitive picture blurred beyond knowing, and says that it is', async () => {
    const { pool } = open();
    // Stripes of 4 pixels: what is left of them tells whether anything could be seen.
    const pixels = Buffer.from(Array.from({ length: 128 * 128 }, (_, i) => (i % 8 < 4 ? 255 : 0)));
    const stripes = await sharp(pixels, { raw: { width: 128, height: 128, channels: 1 } })
      .png()
      .toBuffer();
    const kept = await services.media.store.put(stripes);
    await pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 128, 128, '0123456789abcdef')`,
      [kept, stripes.length],
    );
    const contrast: number[] = [];
    for (const [i, sensitive] of [false, true].entries()) {
      const name = `blurred ${sensitive}`;
      await create({ name, destinationIds: [await folder(name)], cooldownMinutes: 0 });
      const id = `h${i}`;
      const posts = await plantHotspot(pool, { id, at: step(i), image: kept });
      await pool.query('UPDATE posts SET sensitive = $2 WHERE id = $1', [posts.at(-1), sensitive]);
      await raise(step(i));
      await pass();
      const [newest] = (await readdir(place(name))).sort().reverse();
      const bytes = await readFile(path.join(place(name), newest!, `picture-${kept.slice(0, 8)}.jpg`));
      contrast.push((await sharp(bytes).stats()).channels[0]!.stdev);
      const page = await readFile(path.join(place(name), newest!, 'message.html'), 'utf8');
      expect(page.includes('alt="Blurred, because it is marked as sensitive: a burning mill"')).toBe(sensitive);
    }
    expect(contrast[0]).toBeGreaterThan(100);
    expect(contrast[1]).toBeLessThan(20);
  });

  it.each(HOSTILE_TEXTS)('takes %s in posts, titles and names for words, in every form', async (_name, hostile) => {
    const { pool } = open();
    const clean = hostile.replace(/\ud83d/g, '');
    const id = await create({ name: `rule ${clean}`.slice(0, 90) });
    await plantHotspot(pool, { id: 'h1', at: T, title: clean, text: clean });
    await raise(T);
    const [alert] = await alerts();
    const message = await messagesFrom(services)({ id, kind: 'ALERT', subjectId: alert!.id });
    const { title, html, text, json } = message!;
    expect(title).not.toMatch(/[\n\r\p{Cc}\u202e\u2066]/u);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
    expect(html.match(/<script|onerror=alert\(1\)>|<h1/)).toBe(null);
    expect(
      html
        .replace(/&lt;|&gt;/g, '')
        .match(/<(?!\/?(!doctype|html|head|meta|title|body|h2|a|p|strong|bdi|div|img|hr)\b)/),
    ).toBe(null);
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      schema: 1,
      type: 'alert',
      alerts: [{ hotspot: { id: 'h1' } }],
    });
  });

  it('is no message where it is gone, and none is made of its test', async () => {
    const to = await folder('gone');
    await withTransaction(open().pool, (client) =>
      queueDeliveries(client, [
        { kind: 'ALERT', subjectId: '00000000-0000-4000-8000-000000000000', destinationIds: [to] },
      ]),
    );
    await pass();
    expect(await outbox()).toMatchObject([{ status: 'FAILED' }]);
  });
});
