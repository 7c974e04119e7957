// The real process: warm sessions over the tiny reference checkpoints, killed by the tests.
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { AppError } from '../../src/errors.js';
import type { Inference } from '../../src/inference/inference.js';
import { type InferenceEvent, startInference } from '../../src/inference/inferenceClient.js';
import { TINY_MODELS } from '../support/tinyModels.js';
import { until } from '../support/until.js';

const pictures = [0, 1, 2].map((i) => readFileSync(`test/fixtures/blip2-opt-tiny/image${i}.png`));
const expected = JSON.parse(readFileSync('test/fixtures/blip2-opt-tiny/expected.json', 'utf8')) as {
  generate: { none: { ids: { greedy: number[][] } } };
};
const settings = {
  ...readConfig(TINY_MODELS).inference,
  device: 'cpu' as const,
  threads: 1,
  maxPixels: 50_000_000,
  decodeMs: 60_000,
};
const request = (i: number, prompt = '') => ({ image: { bytes: pictures[i]! }, options: { prompt, maxNewTokens: 14 } });

const running: Inference[] = [];
async function start(overrides: Partial<Parameters<typeof startInference>[0]> = {}) {
  const inference = await startInference({ ...settings, ...overrides });
  running.push(inference);
  return inference;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((inference) => inference.close()));
});

describe('startInference', () => {
  it('captions through another process with the reference ids, in one batch for all who ask at once', async () => {
    const inference = await start({ batchWaitMs: 100, batchSize: 8 });
    const queued = Promise.all([0, 1, 2].map((i) => inference.caption(request(i))));
    const preview = inference.caption(request(0, 'a photo of'));
    const results = await queued;
    expect(results.map(({ tokenIds }) => tokenIds)).toEqual(expected.generate.none.ids.greedy);
    expect((await preview).tokenIds).not.toEqual(results[0]!.tokenIds);
    const { recentBatches, restarts, ready, captioner, embedder } = await inference.info();
    expect({ recentBatches, restarts, ready }).toEqual({ recentBatches: [4], restarts: 0, ready: true });
    expect(captioner.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(captioner.providers).toEqual([{ provider: 'cpu', chosen: true, reason: 'asked for' }]);
    const { vector, modelDigest } = await inference.embedText('two firefighters');
    expect([vector.length, modelDigest]).toEqual([embedder.dimension, embedder.digest]);
  });

  it('answers every request although the process is killed with a batch in flight, and starts it anew', async () => {
    const events: InferenceEvent[] = [];
    const inference = await start({ onEvent: (event) => events.push(event), batchSize: 4 });
    const { pid } = await inference.info();
    const all = Promise.all(Array.from({ length: 40 }, (_, i) => inference.caption(request(i % 3, `photo ${i}`))));
    process.kill(pid, 'SIGKILL');
    const results = await all;
    expect(results).toHaveLength(40);
    const again = await inference.caption(request(0));
    expect(again.tokenIds).toEqual(expected.generate.none.ids.greedy[0]);
    const info = await inference.info();
    expect(info.restarts).toBe(1);
    expect(info.pid).not.toBe(pid);
    expect(events.map(({ kind }) => kind)).toEqual(['loading', 'ready', 'died', 'loading', 'ready']);
    const [loading] = events as [Extract<InferenceEvent, { kind: 'loading' }>];
    expect(loading.needed).toBeGreaterThan(info.captioner.parameters * 4);
    expect(loading.available).toBeGreaterThan(loading.needed);
  });

  it('explains a caption beside others, and does not ask again what the process died of', async () => {
    const events: InferenceEvent[] = [];
    const inference = await start({ onEvent: (event) => events.push(event) });
    const { tokenIds, caption } = await inference.caption(request(0));
    const question = { ...request(0), tokenIds };
    const [explained, beside] = await Promise.all([inference.explain(question), inference.caption(request(1))]);
    expect(explained).toMatchObject({ text: caption, ecma: null, beams: { numBeams: 5, greedy: true } });
    expect(beside.tokenIds).toEqual(expected.generate.none.ids.greedy[1]);
    const asked = Promise.allSettled([
      inference.explain({ ...question, options: { maxNewTokens: 15 } }),
      inference.caption(request(2)),
    ]);
    process.kill((await inference.info()).pid, 'SIGKILL');
    const [rejected, captioned] = await asked;
    expect(rejected).toMatchObject({
      status: 'rejected',
      reason: { code: 'INFERENCE_UNAVAILABLE', message: 'the inference process died meanwhile (SIGKILL)' },
    });
    expect(captioned).toMatchObject({ status: 'fulfilled', value: { tokenIds: expected.generate.none.ids.greedy[2] } });
    expect(events.map(({ kind }) => kind)).toEqual(['loading', 'ready', 'died', 'loading', 'ready']);
  });

  it('rejects a request of which the process died three times, twice of it alone, and only that one', async () => {
    const inference = await start({ batchWaitMs: 200 });
    const { pid } = await inference.info();
    let deaths = 0;
    const killer = await start({
      batchWaitMs: 200,
      onEvent: (event) => {
        // Whenever this process comes up again, its first, lone suspect finds it killed, two times.
        if (event.kind === 'ready' && (deaths === 1 || deaths === 2)) {
          deaths += 1;
          process.kill(event.pid, 'SIGKILL');
        }
      },
    });
    const victims = Promise.allSettled([killer.caption(request(0)), killer.caption(request(1))]);
    deaths = 1;
    process.kill((await killer.info()).pid, 'SIGKILL');
    const [first, second] = await victims;
    expect(first).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'INFERENCE_UNAVAILABLE',
        kind: 'CRASH',
        retryable: true,
        message: 'killed the inference process 3 times (SIGKILL)',
      },
    });
    expect(second).toMatchObject({ status: 'fulfilled', value: { tokenIds: expected.generate.none.ids.greedy[1] } });
    expect((await killer.info()).restarts).toBe(3);
    expect((await inference.info()).pid).toBe(pid);
  });

  it('blames nobody who waits while the model cannot be read any more, and goes on when it can', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-model-'));
    try {
      const modelDir = path.join(folder, 'model');
      await cp(settings.modelDir, modelDir, { recursive: true });
      const events: InferenceEvent[] = [];
      const inference = await start({ modelDir, onEvent: (event) => events.push(event) });
      await rename(modelDir, `${modelDir}.away`);
      process.kill((await inference.info()).pid, 'SIGKILL');
      await until('the refusal', () => events.some(({ kind }) => kind === 'refused'));
      await expect(inference.caption(request(0))).rejects.toMatchObject({ kind: 'UNAVAILABLE', retryable: true });
      await rename(`${modelDir}.away`, modelDir);
      await until('the process', async () => (await inference.info()).ready);
      expect((await inference.caption(request(0))).tokenIds).toEqual(expected.generate.none.ids.greedy[0]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('gives a request up when its signal says so, at once, and its batch does not run', async () => {
    const inference = await start({ batchWaitMs: 200 });
    const gone = new AbortController();
    const reason = new AppError('TIMEOUT', 'too late');
    const left = inference.caption(request(0), gone.signal);
    gone.abort(reason);
    await expect(left).rejects.toBe(reason);
    await expect(inference.caption(request(0), gone.signal)).rejects.toBe(reason);
    expect((await inference.caption(request(1))).tokenIds).toEqual(expected.generate.none.ids.greedy[1]);
    // The one that was given up is in no batch.
    expect((await inference.info()).recentBatches).toEqual([1]);
  });

  it('says what is wrong with a picture or the options without retrying', async () => {
    const inference = await start();
    const garbage = { image: { bytes: Buffer.from('<html>not a picture</html>') } };
    await expect(inference.caption(garbage)).rejects.toMatchObject({ code: 'BAD_IMAGE', retryable: false });
    await expect(inference.caption({ ...request(0), options: { numBeams: 0 } })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    await expect(inference.embedImage({ bytes: pictures[0]! })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  it('refuses to start with the reason when the model cannot be read', async () => {
    await expect(startInference({ ...settings, modelDir: 'no/such/model' })).rejects.toThrow(AppError);
    await expect(startInference({ ...settings, modelDir: 'test/fixtures/sentence-tiny' })).rejects.toThrow(
      /model_type 'blip-2'/,
    );
  });

  it('rejects what is asked after it was closed', async () => {
    const inference = await start();
    await inference.close();
    await expect(inference.caption(request(0))).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
