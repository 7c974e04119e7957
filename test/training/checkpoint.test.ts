import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from '../../src/training/checkpoint.js';
import { until } from '../support/until.js';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-checkpoint-'));
  file = path.join(folder, 'checkpoint.bin');
});
afterAll(() => rm(folder, { recursive: true }));

const checkpoint = (step: number): Checkpoint => ({
  step,
  identity: 'a run',
  logBytes: 17,
  memory: { seconds: 1.25, best: { CIDEr: 3 } },
  // Numbers whose bytes hold line breaks, which end the header; an empty array.
  arrays: [
    new Float32Array(Uint32Array.of(0x0a0a0a0a, step, 0x0a000000).buffer),
    new Float32Array(0),
    Float32Array.of(-0),
  ],
});

describe('a checkpoint', () => {
  beforeEach(() => writeCheckpoint(file, checkpoint(1)));

  it('is read as it was written, bit for bit, and leaves nothing beside it', async () => {
    const read = await readCheckpoint(file);
    expect(read).toEqual(checkpoint(1));
    expect(Object.is(read!.arrays[2]![0], -0)).toBe(true);
    expect(await readdir(folder)).toEqual(['checkpoint.bin']);
  });

  it('is undefined where there is none', async () => {
    expect(await readCheckpoint(path.join(folder, 'none.bin'))).toBeUndefined();
  });

  it('is the old one where a write was cut short', async () => {
    await writeFile(`${file}.new`, (await readFile(file)).subarray(0, 20));
    expect((await readCheckpoint(file))!.step).toBe(1);
    await writeCheckpoint(file, checkpoint(2));
    expect(await readdir(folder)).toEqual(['checkpoint.bin']);
  });

  it('is refused wherever it was cut, changed or is none', async () => {
    const whole = await readFile(file);
    const header = whole.indexOf(0x0a);
    const flipped = (at: number) => {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1;
      return bytes;
    };
    const broken = [
      Buffer.alloc(0),
      Buffer.from('\n'),
      Buffer.from('null\n'),
      Buffer.from('{}\n'),
      Buffer.from('{"lengths":[1e99],"sha256":""}\n'),
      Buffer.alloc(1000),
      whole.subarray(0, header),
      whole.subarray(0, header + 1),
      whole.subarray(0, -1),
      Buffer.concat([whole, Buffer.alloc(1)]),
      flipped(header + 1),
      flipped(whole.length - 1),
    ];
    for (const bytes of broken) {
      await writeFile(file, bytes);
      await expect(readCheckpoint(file)).rejects.toMatchObject({
        code: 'BAD_MODEL',
        message: expect.stringMatching(/checkpoint\.bin is no checkpoint, or not a whole one: delete it /),
      });
    }
  });

  it('is whole after kill -9 at any moment of writing', async () => {
    // 4 MB each, one after the other without a pause: nearly all moments lie within a write.
    const script = `
      const { writeCheckpoint } = await import(${JSON.stringify(path.resolve('dist/training/checkpoint.js'))});
      for (let step = 1; ; step += 1) {
        const arrays = [new Float32Array(1 << 20).fill(step)];
        await writeCheckpoint(${JSON.stringify(file)}, { step, identity: '', logBytes: 0, memory: {}, arrays });
      }`;
    for (let round = 0; round < 4; round += 1) {
      await rm(file);
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
      await until('a checkpoint', async () => ((await readCheckpoint(file))?.step ?? 0) > 1 + round || undefined);
      child.kill('SIGKILL');
      await once(child, 'close');
      const { step, arrays } = (await readCheckpoint(file))!;
      expect(new Set(arrays[0])).toEqual(new Set([step]));
      expect(step).toBeGreaterThan(1 + round);
    }
  });
});
