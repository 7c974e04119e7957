import { expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { describeDatabases } from '../support/databases.js';
import { addPosts, detected, textStream } from '../support/detectedStream.js';
import { startTestServer } from '../support/graphqlClient.js';
import { openReceiver } from '../support/httpReceiver.js';
import { openTestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

const DAY = 24 * 3_600_000;
const words = ['smoke', 'flames', 'firefighters', 'burning', 'evacuate', 'sirens', 'roof'];
/** Two days that end some hours ago: nobody is called for what is long past. */
const posts = (() => {
  const stream = textStream([{ name: 'fire', from: 30, to: 34, posts: 50, words }]);
  const moved = Math.floor((Date.now() - 2 * 3_600_000 - stream.at(-1)!.at) / DAY) * DAY;
  return stream.map((post) => ({ ...post, at: post.at + moved }));
})();

describeDatabases('a hotspot that is found', (open) => {
  it('is told of once, by the rule that is there from the start, whichever worker was at it', async () => {
    const receiver = await openReceiver();
    const begun = posts[0]!.at;
    const told: { reason: string }[] = [];
    // In parts, each by another worker: the second begins in the middle of the fire.
    for (const [part, [from, to]] of [
      [0, 31.7],
      [31.7, 33],
      [33, 49],
    ].entries()) {
      const services = await openTestServices(open(), { env: { HOTLENS_DELIVER_ALLOW: '127.0.0.1' } });
      services.testInference.known = 0;
      const server = await startTestServer(services);
      if (part === 0) {
        const { createDestination } = await server.data<{ createDestination: { destination: { id: string } } }>(
          'mutation ($url: String!) { createDestination(name: "hook", kind: WEBHOOK, settings: { url: $url }) { destination { id } } }',
          { url: receiver.url },
        );
        await open().pool.query('UPDATE alert_rules SET destination_ids = ARRAY[$1::uuid]', [
          createDestination.destination.id,
        ]);
      }
      const client = createClient({ url: `${server.url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
      client.subscribe<{ alertRaised: { reason: string } }>(
        { query: 'subscription { alertRaised { state reason ruleName hotspot { id title } evidence { id text } } }' },
        {
          next: ({ data }) => void (data && told.push(data.alertRaised)),
          error: () => undefined,
          complete: () => undefined,
        },
      );
      await addPosts(
        open().pool,
        posts.filter(({ at }) => at > begun + from! * 3_600_000 - 1 && at <= begun + to! * 3_600_000),
      );
      await services.startWorker();
      await detected(services);
      if (part === 2)
        await until('the alert delivered', async () => {
          const { rows } = await open().pool.query(`SELECT FROM deliveries WHERE status = 'DELIVERED'`);
          return rows.length > 0;
        });
      await client.dispose();
      await server.close();
      await services.close();
    }
    const { rows } = await open().pool.query<{ state: string; rule: string; ahead: boolean; posts: number }>(
      `SELECT a.state, a.rule_name AS rule, a.posts, EXISTS (SELECT FROM hotspot_points p WHERE p.hotspot_id = a.hotspot_id AND p.at = a.at) AS ahead
       FROM alerts a ORDER BY a.at`,
    );
    expect(rows.map(({ state, rule }) => `${rule} ${state}`)).toEqual(['New hotspot FIRING', 'New hotspot RESOLVED']);
    expect(rows[0]!.ahead).toBe(true);
    expect(receiver.received).toHaveLength(1);
    const body = JSON.parse(receiver.received[0]!.body) as {
      alerts: { reason: string; evidence: { text: string }[]; hotspot: { title: string } }[];
    };
    expect(body).toMatchObject({ schema: 1, type: 'alert', title: expect.stringMatching(/authors in 1 h/) });
    expect(body.alerts[0]!.hotspot.title).toMatch(/fire/i);
    expect(body.alerts[0]!.evidence.every(({ text }) => words.some((word) => text.includes(word)))).toBe(true);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatchObject({ state: 'FIRING', ruleName: 'New hotspot', hotspot: { id: 'h1' } });
    await receiver.close();
  });
});
