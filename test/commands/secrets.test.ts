import { afterAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

afterAll(endAllHotlens);

describe('the password of the database', () => {
  // Nothing listens at port 1; the others are not URLs that a database could be reached by.
  it.each([
    'postgresql://hotlens:hunter2-secret@127.0.0.1:1/hotlens',
    'postgresql://hotlens:hunter2-secret@127.0.0.1:99999/hotlens',
    'postgresql://hotlens:hunter2-secret@[::g]/hotlens',
    'mysql://hotlens:hunter2-secret@127.0.0.1/hotlens',
  ])('is neither in the log nor in an error, at the most talkative level: %s', async (url) => {
    for (const args of [
      ['api', '--port', '0'],
      ['ingest', 'samples/posts.ndjson'],
    ]) {
      const { ended, stdout, stderr } = runHotlens(args, { DATABASE_URL: url, HOTLENS_LOG_LEVEL: 'trace' });
      expect(await ended).not.toBe(0);
      expect(stderr()).not.toBe('');
      expect(stdout() + stderr()).not.toContain('hunter2');
    }
  });
});
