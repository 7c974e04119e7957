// What stands in the way of an explanation. That it is the one of `hotlens explain`: test/commands/explainedByServer.test.ts.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describe('captionExplanation', () => {
  let db: Database;
  let services: TestServices;
  let server: TestServer;
  let sha256: string;
  let captionId: string;
  beforeAll(async () => {
    db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
    services = await openTestServices(db);
    server = await startTestServer(services);
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
    await db?.close();
  });
  beforeEach(async () => {
    services.testInference.digest = 'test-model';
    await db.pool.query('TRUNCATE images CASCADE');
    sha256 = await services.addImage('a picture');
    captionId = randomUUID();
    await db.pool.query(
      `INSERT INTO captions (id, image_sha256, model_digest, options, options_digest, status, text, token_ids)
       VALUES ($1, $2, 'test-model', '{}', $3, 'COMPLETED', 'words', '{5,6,2}')`,
      [captionId, sha256, 'o'.repeat(64)],
    );
  });
  const ask = (id: string) => server.ask(`{ captionExplanation(captionId: "${id}") { text } }`);
  const refused = async (id: string, code: string, message: string | RegExp) => {
    const { data, errors } = await ask(id);
    expect(data).toEqual({ captionExplanation: null });
    expect(errors).toMatchObject([
      { message: typeof message === 'string' ? message : expect.stringMatching(message), extensions: { code } },
    ]);
  };

  it('is of captions that there are', async () => {
    await refused(randomUUID(), 'NOT_FOUND', 'there is no such caption');
    await refused('7', 'BAD_USER_INPUT', 'id: expected a UUID, got "7"');
  });

  it.each([
    ['waits', `status = 'PENDING', text = NULL, token_ids = '{}'`],
    ['was given up', `status = 'FAILED', text = NULL, token_ids = '{}'`],
    ['says nothing', `text = '', token_ids = '{}'`],
  ])('is not of a caption that %s', async (_, change) => {
    await db.pool.query(`UPDATE captions SET ${change}`);
    await refused(captionId, 'CONFLICT', 'the model has not said anything that could be explained');
  });

  it('is asked of no other model than the one that gave the caption, and says which is missing', async () => {
    services.testInference.digest = 'another-model';
    await refused(
      captionId,
      'CONFLICT',
      'the caption is of another model than the one that runs here: expected test-model without ECMA, got another-mode without ECMA; caption the picture anew to have that explained',
    );
    services.testInference.digest = 'test-model';
    await db.pool.query(`UPDATE captions SET adapter_digest = 'an-adapter'`);
    await refused(captionId, 'CONFLICT', /expected test-model with ECMA an-adapter, got test-model without ECMA/);
  });

  it('needs the bytes of the picture', async () => {
    await services.media.store.delete(sha256);
    await refused(captionId, 'NOT_FOUND', 'the bytes of the picture are gone');
  });

  it('is refused where one document asks for more than some twenty', async () => {
    const all = Array.from({ length: 21 }, (_, i) => `a${i}: captionExplanation(captionId: "${captionId}") { text }`);
    const { errors } = await server.ask(`{ ${all.join(' ')} }`);
    expect(errors).toMatchObject([{ extensions: { code: 'TOO_COSTLY' } }]);
  });
});
