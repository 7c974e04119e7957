import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

afterAll(() => endAllHotlens());

const FOLDER = 'test/fixtures/hotspots';
const FILES = [`${FOLDER}/truth.json`, `${FOLDER}/posts.ndjson`, `${FOLDER}/result-1.ndjson`];

async function evaluate(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(['eval', 'hotspots', ...args]);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

describe('hotlens eval hotspots', () => {
  it('prints every figure', async () => {
    const expected = (JSON.parse(readFileSync(`${FOLDER}/expected.json`, 'utf8')) as Record<string, unknown>[])[1]!;
    const json = await evaluate(...FILES, '--json');
    expect(json).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toEqual(expected);
    const { stdout } = await evaluate(...FILES);
    expect(stdout).toMatch(/^event {2}kind {8}posts latency min stability\ne1 /);
    expect(stdout).toContain(`precision10              ${expected.precision10 as number}\n`);
  });

  it.each([
    [[FILES[0]!, FILES[1]!, 'none.ndjson'], 1, /none\.ndjson cannot be read: no such file/],
    [[FILES[1]!, FILES[1]!, FILES[2]!], 1, /posts\.ndjson: not JSON/],
    [[FILES[0]!, FILES[2]!, FILES[2]!], 1, /truth\.json: post 1: id: expected a text/],
    [[FILES[0]!, FILES[1]!, FILES[1]!], 1, /posts\.ndjson: row 1: at: expected a date and time/],
    [[FILES[0]!, FILES[1]!, FILES[0]!], 1, /truth\.json: row 1: at: /],
    [[FILES[0]!], 2, /posts/],
  ])('refuses %j', async (args, expected, reason) => {
    const { status, stderr } = await evaluate(...args);
    expect(stderr).toMatch(reason);
    expect(status).toBe(expected);
  });
});
