// The batching DataLoader, by the batches that it hands on. The captioner is a recording one: what a picture's caption
// is does not matter here; test/inference/captioner.test.ts and inferenceClient.test.ts run the real one.
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import { createCaptionLoader } from '../../src/inference/captionLoader.js';
import type { CaptionRequest, CaptionResult } from '../../src/inference/inference.js';

/** Sends batches only when told to. */
function manualSchedule() {
  const due: (() => void)[] = [];
  return {
    schedule: (send: () => void) => void due.push(send),
    sendAll: () => {
      for (const send of due.splice(0)) send();
    },
  };
}

function recorder(answer: (request: CaptionRequest) => CaptionResult | AppError = captionOf) {
  const batches: string[][] = [];
  return {
    batches,
    async captionBatch(requests: readonly CaptionRequest[]) {
      batches.push(requests.map(nameOf));
      return requests.map(answer);
    },
  };
}

const nameOf = ({ image }: CaptionRequest) => ('path' in image ? image.path : Buffer.from(image.bytes).toString());
const captionOf = (request: CaptionRequest): CaptionResult => ({
  caption: nameOf(request),
  tokenIds: [1],
  logProb: -1,
  confidence: Math.exp(-1),
  modelDigest: 'm',
  adapterDigest: '',
});
const picture = (name: string): CaptionRequest => ({ image: { bytes: Buffer.from(name) } });

describe('captionLoader', () => {
  it('makes one batch of what is asked for while it waits, whoever asks', async () => {
    const captioner = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 5, schedule });
    const queued = ['a', 'b', 'c'].map((name) => loader.load(picture(name)));
    const preview = loader.load({ ...picture('d'), options: { prompt: 'a photo of' } });
    sendAll();
    expect((await Promise.all([...queued, preview])).map(({ caption }) => caption)).toEqual(['a', 'b', 'c', 'd']);
    expect(captioner.batches).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('leaves out what everybody who asked has given up, and answers who still waits for the same', async () => {
    const captioner = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 5, schedule });
    const gone = new AbortController();
    const [left, shared] = [loader.load(picture('a'), gone.signal), loader.load(picture('b'), gone.signal)];
    const waits = loader.load(picture('b'), new AbortController().signal);
    const other = loader.load(picture('c'));
    gone.abort();
    sendAll();
    await expect(left).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect((await waits).caption).toBe('b');
    expect((await shared).caption).toBe('b');
    expect((await other).caption).toBe('c');
    expect(captioner.batches).toEqual([['b', 'c']]);
  });

  it('cuts batches at their size', async () => {
    const captioner = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 2, batchWaitMs: 5, schedule });
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => loader.load(picture(name)));
    sendAll();
    await Promise.all(all);
    expect(captioner.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('computes the same picture with the same options once, and with other options again', async () => {
    const captioner = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 5, schedule });
    const all = [
      loader.load(picture('a')),
      loader.load({ ...picture('a'), options: {} }),
      loader.load({ ...picture('a'), options: { numBeams: 2, prompt: 'x' } }),
      loader.load({ ...picture('a'), options: { prompt: 'x', numBeams: 2 } }),
    ];
    sendAll();
    await Promise.all(all);
    expect(captioner.batches).toEqual([['a', 'a']]);
  });

  it('keeps nothing: the same picture asked for later is computed again', async () => {
    const captioner = recorder();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 0 });
    await loader.load(picture('a'));
    await loader.load(picture('a'));
    expect(captioner.batches).toEqual([['a'], ['a']]);
  });

  it('fails the one request that is wrong and none of its batch-mates', async () => {
    const bad = new AppError('BAD_IMAGE', 'not a picture');
    const captioner = recorder((request) => (nameOf(request) === 'b' ? bad : captionOf(request)));
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 0 });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => loader.load(picture(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toEqual({ status: 'rejected', reason: bad });
  });

  it('tries the pictures of a batch that failed as a whole one by one', async () => {
    const ran: string[][] = [];
    const captioner = {
      async captionBatch(requests: readonly CaptionRequest[]) {
        const names = requests.map(nameOf);
        ran.push(names);
        if (names.includes('b')) throw new AppError('OUT_OF_MEMORY', 'bad_alloc', { retryable: true });
        return requests.map(captionOf);
      },
    };
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 0 });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => loader.load(picture(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ran).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('runs other work between batches, and goes on after it, also when it failed', async () => {
    const log: string[] = [];
    let finish: () => void = () => {};
    const captioner = {
      async captionBatch(requests: readonly CaptionRequest[]) {
        log.push(requests.map(nameOf).join());
        if (log.length === 1) await new Promise<void>((resolve) => (finish = resolve));
        return requests.map(captionOf);
      },
    };
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 5, schedule });
    const first = loader.load(picture('a'));
    sendAll();
    await new Promise((resolve) => setImmediate(resolve));
    const failed = loader.between(async () => {
      log.push('fails');
      throw new Error('of its own');
    });
    const other = loader.between(async () => log.push('works'));
    const second = loader.load(picture('b'));
    sendAll();
    expect(log).toEqual(['a']);
    finish();
    await Promise.all([first, other, second, expect(failed).rejects.toThrow('of its own')]);
    expect(log).toEqual(['a', 'fails', 'works', 'b']);
  });

  it('fills the next batch while one runs, and runs one at a time', async () => {
    let finish: () => void = () => {};
    const batches: string[][] = [];
    const captioner = {
      async captionBatch(requests: readonly CaptionRequest[]) {
        batches.push(requests.map(nameOf));
        if (batches.length === 1) await new Promise<void>((resolve) => (finish = resolve));
        return requests.map(captionOf);
      },
    };
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(captioner, { batchSize: 8, batchWaitMs: 5, schedule });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const first = loader.load(picture('a'));
    sendAll();
    await turn();
    const second = loader.load(picture('b'));
    sendAll();
    await turn();
    const third = loader.load(picture('c'));
    expect(batches).toEqual([['a']]);
    finish();
    await Promise.all([first, second, third]);
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });
});
