// A short run of the crash harness: bench/crash.js has what must hold after every round, bench/results.md the long runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from '@jest/globals';
import { describePostgres } from '../support/databases.js';

const ROUNDS = 3;

async function crash(kind: 'embedded' | 'postgres', seed: number): Promise<{ status: unknown; output: string }> {
  const child = spawn(process.execPath, ['bench/crash.js', kind, String(ROUNDS), String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = await once(child, 'close');
  return { status, output };
}

const whole = (kind: string) =>
  expect.stringMatching(new RegExp(`${kind}, seed \\d+: ${ROUNDS} rounds, \\d+ posts, no violation`));

it('the embedded database: after every fault each acknowledged post is there, captioned once or failed with its reason', async () => {
  expect(await crash('embedded', 1)).toEqual({ status: 0, output: whole('embedded') });
}, 600_000);

describePostgres('the crash harness', () => {
  it('an API and two workers: after every fault each acknowledged post is there, captioned once or failed with its reason', async () => {
    expect(await crash('postgres', 1)).toEqual({ status: 0, output: whole('postgres') });
  }, 600_000);
});
