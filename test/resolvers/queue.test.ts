import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

const NONE = { waiting: 0, delayed: 0, running: 0, completed: 0, dead: 0 };

describeDatabases('the queue over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });

  it('tells of every queue, in the order in which a post passes them, how many jobs are in which state', async () => {
    const { queue } = services;
    const data = { imageSha256: 'a' };
    const later = { key: 'later', data, startAfter: 3600 };
    await queue.add('caption', [later, ...['a', 'b', 'c', 'd', 'e'].map((key) => ({ key, data }))]);
    const taken = await queue.boss.fetch('caption', { batchSize: 4 });
    const [running, done, alsoDone, given] = taken.map(({ id }) => id);
    expect(running).toBeDefined();
    await queue.boss.complete('caption', [done!, alsoDone!]);
    await open().pool.query('UPDATE pgboss.job SET retry_limit = 0 WHERE id = $1', [given]);
    await queue.boss.fail('caption', given!);
    await queue.add('embed', [{ key: 'a', data }]);
    const { queue: told } = await server.data<{ queue: { counts: unknown } }>(
      '{ queue { counts { name waiting delayed running completed dead } } }',
    );
    expect(told.counts).toEqual([
      { ...NONE, name: 'import' },
      { ...NONE, name: 'fetch' },
      { name: 'caption', waiting: 1, delayed: 1, running: 1, completed: 2, dead: 1 },
      { ...NONE, name: 'embed', waiting: 1 },
      { ...NONE, name: 'detect' },
      { ...NONE, name: 'map' },
      { ...NONE, name: 'report' },
      { ...NONE, name: 'deliver' },
      { ...NONE, name: 'maintenance' },
    ]);
  });
});
