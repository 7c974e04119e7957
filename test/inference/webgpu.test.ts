// The shipped models on WebGPU, on a GPU made up by software, through the command line: what the CPU says, to the token.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Finding } from '../../src/doctor/finding.js';
import { maxDifference } from '../support/closeness.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { describeVulkan } from '../support/vulkan.js';

interface Caption {
  readonly caption: string;
  readonly tokenIds: readonly number[];
  readonly logProb: number;
}

const PICTURES = ['cat-tree.jpg', 'fire-crew.jpg'].map((name) => path.resolve('samples/images', name));
/**
 * Of the sum of some 15 tokens' log-probabilities: 6e-6 was the most of eight pictures on SwiftShader, whose logits, of up to
 * 14, differ by 1e-5 at most.
 */
const TOLERANCE = 5e-5;
/** Compiling its shaders takes SwiftShader some 10 s a process on 2 idle cores. */
const TIMEOUT_MS = 600_000;

describeVulkan('the shipped models on WebGPU', (env) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-webgpu-'));
  });
  afterAll(async () => {
    endAllHotlens();
    await rm(folder, { recursive: true });
  });

  async function json<Row>(device: string, ...args: string[]): Promise<Row[]> {
    const { ended, stdout, stderr } = runHotlens(args, { ...env, HOTLENS_DEVICE: device, HOTLENS_DATA: folder });
    expect({ status: await ended, stderr: stderr() }).toEqual({ status: 0, stderr: '' });
    return stdout()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
  }

  async function expectSameCaptions(device: string, ...args: string[]): Promise<void> {
    const [actual, expected] = [
      await json<Caption>(device, 'caption', '--json', ...args),
      await json<Caption>('cpu', 'caption', '--json', ...args),
    ];
    expect(expected.every(({ tokenIds }) => tokenIds.length > 3)).toBe(true);
    expect(actual.map(({ tokenIds }) => tokenIds)).toEqual(expected.map(({ tokenIds }) => tokenIds));
    const logProbs = (rows: readonly Caption[]) => rows.map(({ logProb }) => logProb);
    expect(maxDifference(logProbs(actual), logProbs(expected))).toBeLessThan(TOLERANCE);
  }

  // Greedily in the next one and in the doctor's: each process compiles its shaders anew.
  it(
    'say the same captions with five beams, where the device is left to Hotlens',
    () => expectSameCaptions('auto', ...PICTURES, '--num-beams', '5'),
    TIMEOUT_MS,
  );

  it(
    'are stored as float16, as others are as bfloat16: what they hold is computed in float32',
    async () => {
      const tiny = 'test/fixtures/blip2-opt-tiny';
      const pictures = [0, 1, 2].map((i) => `${tiny}/image${i}.png`);
      await expectSameCaptions('webgpu', ...pictures, '--model', 'test/fixtures/checkpoints/bfloat16');
    },
    TIMEOUT_MS,
  );

  it(
    'embed texts and pictures to the same vectors',
    async () => {
      const rows = [
        { id: 1, text: 'a house on fire on a street at night' },
        { id: 2, text: 'a cat' },
        { id: 3, image: PICTURES[1] },
      ];
      const file = path.join(folder, 'rows.ndjson');
      await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      const embed = (device: string) => json<{ id: number; embedding: number[] }>(device, 'embed', file, '--json');
      const [actual, expected] = [await embed('webgpu'), await embed('cpu')];
      expect(expected.map(({ id }) => id)).toEqual([1, 2, 3]);
      const numbers = (vectors: typeof actual) => vectors.flatMap(({ embedding }) => embedding);
      expect(maxDifference(numbers(actual), numbers(expected))).toBeLessThan(TOLERANCE);
    },
    TIMEOUT_MS,
  );

  it(
    'caption in the process that serves, and the doctor says what they run on',
    async () => {
      const { ended, stdout } = runHotlens(['doctor', '--json'], {
        ...env,
        HOTLENS_DEVICE: 'webgpu',
        HOTLENS_DATA: folder,
        HOTLENS_PORT: '0',
      });
      await ended;
      const { findings } = JSON.parse(stdout()) as { findings: readonly Finding[] };
      const of = (check: string) => findings.find((finding) => finding.check === check);
      expect(of('execution provider')).toMatchObject({
        status: 'ok',
        found: expect.stringMatching(/^webgpu: asked for/),
      });
      expect(of('trial caption')).toMatchObject({ status: 'ok', found: expect.stringContaining('cat') });
    },
    TIMEOUT_MS,
  );
});
