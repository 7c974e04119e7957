// What alerts are raised of, and when they are told.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { raiseAlerts } from '../../src/alerts/raiseAlerts.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { alertDesk, MINUTE, QUARTER } from '../support/alertDesk.js';
import { describeDatabases } from '../support/databases.js';
import { plantHotspot } from '../support/plantHotspot.js';

describeDatabases('an alert', (open) => {
  const desk = alertDesk(open);
  /** Rules of a database that is new. */
  let first: unknown;
  beforeAll(async () => {
    const told = await desk.server.data<{ alertRules: unknown }>(
      '{ alertRules { name enabled metric threshold windowMinutes cooldownMinutes } }',
    );
    first = told.alertRules;
  });

  it('has a rule from the start, which every hotspot that is found comes to', async () => {
    expect(first).toEqual([
      { name: 'New hotspot', enabled: true, metric: 'SCORE', threshold: 3.5, windowMinutes: 60, cooldownMinutes: 1440 },
    ]);
  });

  it('is raised once for a hotspot and a state, with its reason and posts, however often the step is repeated', async () => {
    await desk.create();
    const posts = await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    expect((await desk.raise(desk.T)).alerts).toHaveLength(1);
    expect((await desk.raise(desk.T)).alerts).toEqual([]);
    await plantHotspot(open().pool, { id: 'h1', at: desk.step(1), score: 9 });
    expect((await desk.raise(desk.step(1))).alerts).toEqual([]);
    expect(await desk.alerts()).toMatchObject([
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
    await plantHotspot(open().pool, { id: 'h1', at: desk.step(9), score: 1, authors: 0 });
    await desk.raise(desk.step(9));
    expect((await desk.alerts()).map(({ state }) => state)).toEqual(['RESOLVED', 'FIRING']);
    const { hotspot } = await desk.server.data<{ hotspot: { alerts: unknown } }>(
      '{ hotspot(id: "h1") { alerts { state ruleName } } }',
    );
    expect(hotspot.alerts).toHaveLength(2);
  });

  it('and its deliveries are there together, or neither is', async () => {
    const to = await desk.folder();
    await desk.create({ destinationIds: [to] });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    await expect(
      withTransaction(open().pool, async (client) => {
        const raised = await raiseAlerts(client, { at: desk.T, log: desk.services.log });
        expect(raised).toMatchObject({ queued: true, alerts: [{ hotspotId: 'h1' }] });
        throw new Error('the step fails');
      }),
    ).rejects.toThrow('the step fails');
    expect([await desk.alerts(), await desk.outbox()]).toEqual([[], []]);
    await desk.raise(desk.T);
    const [alert] = await desk.alerts();
    expect(await desk.outbox()).toMatchObject([{ id: alert!.id, status: 'WAITING' }]);
  });

  it('is raised once by two processes that look at the same time', async () => {
    await desk.create({ destinationIds: [await desk.folder()] });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    const raised = await Promise.all([desk.raise(desk.T), desk.raise(desk.T)]);
    expect(raised.flatMap(({ alerts }) => alerts)).toHaveLength(1);
    expect(await desk.outbox()).toHaveLength(1);
  });

  it('counts the posts of the sources, languages and words alone that the rule asks for', async () => {
    await desk.create({ name: 'sources', metric: 'AUTHORS', threshold: 5, sources: ['mastodon'] });
    await desk.create({ name: 'languages', metric: 'AUTHORS', threshold: 5, languages: ['PT'] });
    await desk.create({ name: 'words', metric: 'KEYWORD', threshold: 5, keywords: ['burning mill', 'nothing & |'] });
    // A word that is left out as too common elsewhere, and a name here.
    await desk.create({ name: 'who', metric: 'KEYWORD', threshold: 5, keywords: ['WHO'] });
    const { pool } = open();
    await plantHotspot(pool, { id: 'h1', at: desk.T, authors: 6, source: 'mastodon' });
    await plantHotspot(pool, { id: 'h2', at: desk.T, authors: 6, language: 'pt-BR' });
    await plantHotspot(pool, { id: 'h3', at: desk.T, authors: 6, text: 'Look, a BURNING mill!' });
    await plantHotspot(pool, {
      id: 'h4',
      at: desk.T,
      authors: 4,
      source: 'mastodon',
      language: 'pt',
      text: 'burning mill',
    });
    await plantHotspot(pool, { id: 'h5', at: desk.T, authors: 6, text: 'the WHO warns of it' });
    await desk.raise(desk.T);
    const { rows } = await pool.query(`SELECT rule_name AS rule, hotspot_id AS hotspot FROM alerts ORDER BY rule_name`);
    expect(rows).toEqual([
      { rule: 'languages', hotspot: 'h2' },
      { rule: 'sources', hotspot: 'h1' },
      { rule: 'who', hotspot: 'h5' },
      { rule: 'words', hotspot: 'h3' },
    ]);
  });

  it('is raised of opinion that has shifted', async () => {
    await desk.create({ metric: 'OPINION_SHIFT', threshold: 0.5 });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T, opinion: 0.4 });
    await desk.raise(desk.T);
    expect(await desk.alerts()).toEqual([]);
    await plantHotspot(open().pool, { id: 'h1', at: desk.step(5), opinion: -0.3 });
    await desk.raise(desk.step(5));
    expect(await desk.alerts()).toMatchObject([
      { reason: 'opinion went from +0.40 (12 posts) to −0.30 (12 posts in 1 h)' },
    ]);
  });

  it('is not raised of what is muted, nor of what became part of a hotspot that one was raised of, nor of that again', async () => {
    await desk.create();
    const { pool } = open();
    await plantHotspot(pool, { id: 'h1', at: desk.T });
    await plantHotspot(pool, { id: 'h2', at: desk.T });
    await pool.query(`INSERT INTO hotspot_marks (hotspot_id, muted) VALUES ('h2', true)`);
    await desk.raise(desk.T);
    expect((await desk.alerts()).map(({ hotspot }) => hotspot.id)).toEqual(['h1']);
    // h1 becomes part of h3, which has not been told of.
    await plantHotspot(pool, { id: 'h3', at: desk.step(1) });
    await pool.query(`UPDATE hotspots SET state = 'MERGED', merged_into_id = 'h3', ended_at = $1 WHERE id = 'h1'`, [
      desk.step(1),
    ]);
    await desk.raise(desk.step(1));
    expect((await desk.alerts()).map(({ hotspot, state, reason }) => [hotspot.id, state, reason])).toEqual([
      ['h1', 'RESOLVED', 'it became part of h3'],
      ['h1', 'FIRING', expect.any(String)],
    ]);
  });

  it('that is silenced is raised and not sent, and says so', async () => {
    await desk.create({ destinationIds: [await desk.folder()] });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    const { silence } = await desk.server.data<{ silence: { id: string } }>(
      'mutation { silence(hotspotId: "h1", reason: "seen") { id reason createdBy hotspot { id } rule { id } } }',
    );
    expect(silence).toMatchObject({ reason: 'seen', createdBy: 'local', hotspot: { id: 'h1' }, rule: null });
    await desk.raise(desk.T);
    expect(await desk.alerts()).toMatchObject([{ hold: 'SILENCED', heldUntil: expect.any(String) }]);
    expect(await desk.outbox()).toEqual([]);
    await desk.server.data('mutation ($id: ID!) { endSilence(id: $id) { id } }', { id: silence.id });
    expect(await desk.server.data('{ silences { id } }')).toEqual({ silences: [] });
    await plantHotspot(open().pool, { id: 'h2', at: desk.step(1) });
    await desk.raise(desk.step(1));
    expect(await desk.outbox()).toHaveLength(1);
    for (const [args, code] of [
      ['', 'BAD_USER_INPUT'],
      ['(hotspotId: "h999")', 'NOT_FOUND'],
      ['(hotspotId: "h1", minutes: 0)', 'BAD_USER_INPUT'],
    ]) {
      const { errors } = await desk.server.ask(`mutation { silence${args} { id } }`);
      expect(errors).toMatchObject([{ extensions: { code } }]);
    }
  });

  it('of a time that is long past is raised and not sent', async () => {
    await desk.create({ destinationIds: [await desk.folder()] });
    const at = new Date(desk.T.getTime() - 49 * 3_600_000);
    await plantHotspot(open().pool, { id: 'h1', at });
    await desk.raise(at);
    expect(await desk.alerts()).toMatchObject([{ hold: 'LATE' }]);
    expect(await desk.outbox()).toEqual([]);
  });

  it('is held in quiet hours, and told of with the others at their end in one message', async () => {
    const quiet = { from: '22:00', to: '07:00', timeZone: 'UTC' };
    await desk.create({ destinationIds: [await desk.folder('quiet')], quiet });
    const night = new Date(Math.floor(desk.T.getTime() / 86_400_000) * 86_400_000 - 60 * MINUTE);
    const at = new Date(night.getTime() - QUARTER);
    await plantHotspot(open().pool, { id: 'h1', at, title: 'First' });
    await desk.raise(at, night);
    const later = new Date(at.getTime() + QUARTER);
    await plantHotspot(open().pool, { id: 'h2', at: later, title: 'Second' });
    await desk.raise(later, new Date(night.getTime() + QUARTER));
    const end = new Date(night.getTime() + 8 * 60 * MINUTE);
    expect(await desk.alerts()).toMatchObject([
      { hold: 'QUIET', heldUntil: end.toISOString() },
      { hold: 'QUIET', heldUntil: end.toISOString() },
    ]);
    expect(await desk.outbox()).toMatchObject([{ at: end }]);
    await open().pool.query('UPDATE deliveries SET next_attempt_at = now()');
    await desk.pass();
    const [name] = await readdir(desk.place('quiet'));
    const text = await readFile(path.join(desk.place('quiet'), name!, 'message.txt'), 'utf8');
    expect(text).toMatch(/^First\n[\s\S]*\n----\n\nSecond\n/);
  });

  it('of a storm is told of five times alone, and once of all the rest', async () => {
    await desk.create({ destinationIds: [await desk.folder('storm')] });
    for (let i = 1; i <= 12; i += 1)
      await plantHotspot(open().pool, { id: `h${i}`, at: desk.T, score: 4 + i, authors: 2, title: `Topic ${i}` });
    await desk.raise(desk.T);
    expect(await desk.alerts()).toHaveLength(12);
    expect(await desk.outbox()).toHaveLength(6);
    await desk.pass();
    const titles = await Promise.all(
      (await readdir(desk.place('storm'))).map(
        async (name) =>
          (
            JSON.parse(await readFile(path.join(desk.place('storm'), name, 'message.json'), 'utf8')) as {
              title: string;
            }
          ).title,
      ),
    );
    expect(titles.filter((title) => title.startsWith('7 alerts: Topic 7 and 6 more'))).toHaveLength(1);
    expect(titles.filter((title) => title.startsWith('Topic 12: '))).toHaveLength(1);
  });

  it('tells its end where the rule wants it', async () => {
    await desk.create({ destinationIds: [await desk.folder('ends')], tellsEnd: true });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    await desk.raise(desk.T);
    await open().pool.query(`UPDATE hotspots SET state = 'ENDED', ended_at = $1 WHERE id = 'h1'`, [desk.step(1)]);
    await desk.raise(desk.step(1));
    await desk.raise(desk.step(2));
    expect((await desk.alerts()).map(({ state, reason }) => [state, reason])).toEqual([
      ['RESOLVED', 'it has ended'],
      ['FIRING', expect.any(String)],
    ]);
    await plantHotspot(open().pool, { id: 'h2', at: desk.step(2) });
    await desk.raise(desk.step(2));
    const firing = async (firing: boolean) =>
      desk.server.data(
        'query ($firing: Boolean) { alerts(firing: $firing) { totalCount nodes { state endedAt hotspot { id } } } }',
        { firing },
      );
    expect(await firing(true)).toEqual({
      alerts: { totalCount: 1, nodes: [{ state: 'FIRING', endedAt: null, hotspot: { id: 'h2' } }] },
    });
    const endedAt = desk.step(1).toISOString();
    expect(await firing(false)).toEqual({
      alerts: {
        totalCount: 2,
        nodes: [
          { state: 'RESOLVED', endedAt: null, hotspot: { id: 'h1' } },
          { state: 'FIRING', endedAt, hotspot: { id: 'h1' } },
        ],
      },
    });
    expect(await desk.outbox()).toHaveLength(3);
  });

  it('of one rule that fails leaves the others and detection alone', async () => {
    await desk.create({ name: 'broken', severity: 9 });
    await desk.create({ name: 'whole', severity: 1 });
    await plantHotspot(open().pool, { id: 'h1', at: desk.T });
    await open().pool.query(`UPDATE alert_rules SET quiet = '{"timeZone": "Nowhere"}' WHERE name = 'broken'`);
    await desk.raise(desk.T);
    const { rows } = await open().pool.query('SELECT rule_name AS rule FROM alerts');
    expect(rows).toEqual([{ rule: 'whole' }]);
    expect(desk.services.lines).toContainEqual(
      expect.objectContaining({ msg: 'a rule of alerts failed', rule: 'broken' }),
    );
  });

  it('is previewed as it is raised', async () => {
    const { pool } = open();
    const rule = { name: 'Authors', metric: 'AUTHORS', threshold: 10, cooldownMinutes: 60, windowMinutes: 15 };
    const expected: string[] = [];
    const id = await desk.create(rule);
    // Up, down, up again: within the cooldown, and after it.
    for (const [number, authors] of [12, 2, 12, 2, 2, 2, 12].entries()) {
      await plantHotspot(pool, { id: 'h1', at: desk.step(number), authors });
      await desk.raise(desk.step(number));
    }
    for (const { state, reason } of await desk.alerts()) if (state === 'FIRING') expected.push(reason);
    expect(expected).toHaveLength(2);
    await pool.query(
      `INSERT INTO detection_state (id, at, version, embedder_digest, saved) VALUES (1, $1, 1, 'x', '{}')`,
      [desk.step(6)],
    );
    const { previewAlertRule } = await desk.server.data<{
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
    await desk.create({ name: 'Other' });
    const { errors } = await desk.server.ask(
      'mutation ($id: ID!, $rule: AlertRuleInput!) { updateAlertRule(id: $id, rule: $rule) { id } }',
      {
        id,
        rule: { ...rule, name: 'Other' },
      },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    await desk.server.data('mutation ($id: ID!) { deleteAlertRule(id: $id) }', { id });
    expect((await desk.alerts()).length).toBeGreaterThan(2);
  });
});
