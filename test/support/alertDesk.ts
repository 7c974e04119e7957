// Rules, hotspots and folders for alerts, and a look at what came of them.
import path from 'node:path';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { raiseAlerts } from '../../src/alerts/raiseAlerts.js';
import type { Database } from '../../src/db/database.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { outletsOf } from '../../src/deliver/send.js';
import { deliverJob } from '../../src/jobs/deliverJob.js';
import { messagesFrom } from '../../src/messages.js';
import { startTestServer, type TestServer } from './graphqlClient.js';
import { noJob } from './noJob.js';
import { openTestServices, type TestServices } from './testServices.js';

export const MINUTE = 60_000;
export const QUARTER = 15 * MINUTE;

export interface ToldAlert {
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

/** For the tests of a `describe`: services and a server over its database, which is empty before each of them. */
export function alertDesk(open: () => Database) {
  let services: TestServices;
  let server: TestServer;
  /** A step not long ago. */
  const T = new Date(Math.floor((Date.now() - 3_600_000) / QUARTER) * QUARTER);

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });
  beforeEach(async () => {
    await open().pool.query(
      'TRUNCATE posts, images, hotspots, hotspot_marks, detection_state, alert_rules, silences, destinations, lost_images CASCADE',
    );
  });

  return {
    T,
    get services() {
      return services;
    },
    get server() {
      return server;
    },
    /** So many quarters of an hour after T. */
    step: (number: number) => new Date(T.getTime() + number * QUARTER),
    /** A rule; its id. */
    async create(rule: object = {}): Promise<string> {
      const { createAlertRule } = await server.data<{ createAlertRule: { id: string } }>(
        'mutation ($rule: AlertRuleInput!) { createAlertRule(rule: $rule) { id } }',
        { rule: { name: 'Score', metric: 'SCORE', threshold: 4, ...rule } },
      );
      return createAlertRule.id;
    },
    /** A destination; its id. */
    async folder(name = 'alerts'): Promise<string> {
      const { createDestination } = await server.data<{ createDestination: { destination: { id: string } } }>(
        'mutation ($name: String!) { createDestination(name: $name, kind: FOLDER, settings: { path: $name }) { destination { id } } }',
        { name },
      );
      return createDestination.destination.id;
    },
    /** Where the folder of that name is. */
    place: (name = 'alerts') => path.join(outletsOf(services.config).folder, name),
    raise: (at: Date, now = new Date()) =>
      withTransaction(open().pool, (client) => raiseAlerts(client, { at, now, log: services.log })),
    /** Delivers what is due. */
    pass: () => deliverJob({ ...services, pool: open().pool, messageOf: messagesFrom(services) }).run({}, noJob),
    async alerts(): Promise<readonly ToldAlert[]> {
      const { alerts } = await server.data<{ alerts: { nodes: ToldAlert[] } }>(
        '{ alerts(first: 100) { nodes { id state reason hold heldUntil posts authors value threshold ruleName hotspot { id } evidence { id } } } }',
      );
      return alerts.nodes;
    },
    async outbox() {
      const { rows } = await open().pool.query<{ id: string; status: string; at: Date }>(
        `SELECT subject_id::text AS id, status, next_attempt_at AS at FROM deliveries ORDER BY created_at, id`,
      );
      return rows;
    },
  };
}
