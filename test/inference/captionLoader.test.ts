// The batching DataLoader, by the batches that it hands on. The captioner is a recording one: what a picture's caption
// is does not matter here; test/inference/captioner.test.ts and inferenceClient.test.ts run the real one.
import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../src/errors.js';
import type { PreparedRequest } from '../../src/inference/captioner.js';
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

/** A captioner that prepares every picture but those that it refuses, and runs batches by their requests. */
function captioner(
  run: (requests: readonly CaptionRequest[]) => Promise<CaptionResult[]>,
  refuse: (request: CaptionRequest) => AppError | undefined = () => undefined,
) {
  const requests = new Map<PreparedRequest, CaptionRequest>();
  const decoded: string[] = [];
  return {
    decoded,
    async prepare(request: CaptionRequest) {
      decoded.push(nameOf(request));
      const refused = refuse(request);
      if (refused !== undefined) return refused;
      const prepared = {} as PreparedRequest;
      requests.set(prepared, request);
      return prepared;
    },
    captionPrepared: (batch: readonly PreparedRequest[]) => run(batch.map((prepared) => requests.get(prepared)!)),
  };
}

function recorder(refuse?: (request: CaptionRequest) => AppError | undefined) {
  const batches: string[][] = [];
  const recording = captioner(async (requests) => {
    batches.push(requests.map(nameOf));
    return requests.map(captionOf);
  }, refuse);
  return { ...recording, batches };
}

/** One whose batches end when they are told to. */
function held() {
  const batches: string[][] = [];
  const ends: (() => void)[] = [];
  const holding = captioner(async (requests) => {
    batches.push(requests.map(nameOf));
    await new Promise<void>((resolve) => ends.push(resolve));
    return requests.map(captionOf);
  });
  return {
    ...holding,
    batches,
    /** Ends the batch that runs, and lets the next one begin. */
    async end() {
      ends.shift()!();
      await turn();
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

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
    const model = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 5, schedule });
    const queued = ['a', 'b', 'c'].map((name) => loader.load(picture(name)));
    const preview = loader.load({ ...picture('d'), options: { prompt: 'a photo of' } });
    sendAll();
    expect((await Promise.all([...queued, preview])).map(({ caption }) => caption)).toEqual(['a', 'b', 'c', 'd']);
    expect(model.batches).toEqual([['a', 'b', 'c', 'd']]);
  });

  it('leaves out what everybody who asked has given up, and answers who still waits for the same', async () => {
    const model = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 5, schedule });
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
    expect(model.batches).toEqual([['b', 'c']]);
  });

  it('cuts batches at their size', async () => {
    const model = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 2, batchWaitMs: 5, schedule });
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => loader.load(picture(name)));
    sendAll();
    await Promise.all(all);
    expect(model.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('computes the same picture with the same options once, and with other options again', async () => {
    const model = recorder();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 5, schedule });
    const all = [
      loader.load(picture('a')),
      loader.load({ ...picture('a'), options: {} }),
      loader.load({ ...picture('a'), options: { numBeams: 2, prompt: 'x' } }),
      loader.load({ ...picture('a'), options: { prompt: 'x', numBeams: 2 } }),
    ];
    sendAll();
    await Promise.all(all);
    expect(model.batches).toEqual([['a', 'a']]);
  });

  it('keeps nothing: the same picture asked for later is computed again', async () => {
    const model = recorder();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 0 });
    await loader.load(picture('a'));
    await loader.load(picture('a'));
    expect(model.batches).toEqual([['a'], ['a']]);
  });

  it('fails the one request that is wrong and none of its batch-mates', async () => {
    const bad = new AppError('BAD_IMAGE', 'not a picture');
    const model = recorder((request) => (nameOf(request) === 'b' ? bad : undefined));
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 0 });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => loader.load(picture(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toEqual({ status: 'rejected', reason: bad });
  });

  it('tries the halves of a batch that failed as a whole', async () => {
    const ran: string[][] = [];
    const failing = captioner(async (requests) => {
      const names = requests.map(nameOf);
      ran.push(names);
      if (names.includes('b')) throw new Error('of its own');
      return requests.map(captionOf);
    });
    const loader = createCaptionLoader(failing, { batchSize: 8, batchWaitMs: 0 });
    const results = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => loader.load(picture(name))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(ran).toEqual([['a', 'b', 'c', 'd'], ['a', 'b'], ['a'], ['b'], ['c', 'd']]);
  });

  it('makes smaller batches where memory did not hold one', async () => {
    const ran: number[] = [];
    const narrow = captioner(async (requests) => {
      ran.push(requests.length);
      if (requests.length > 3) throw new AppError('OUT_OF_MEMORY', 'bad_alloc', { retryable: true });
      return requests.map(captionOf);
    });
    const loader = createCaptionLoader(narrow, { batchSize: 8, batchWaitMs: 0 });
    const results = await Promise.all([...'abcdefghijklmnop'].map((name) => loader.load(picture(name))));
    expect(results.map(({ caption }) => caption).join('')).toBe('abcdefghijklmnop');
    // Eight fail, and four; from then on it is two at a time.
    expect(ran).toEqual([8, 4, 2, 2, 4, 2, 2, 2, 2, 2, 2]);
  });

  it('runs other work between batches, and goes on after it, also when it failed', async () => {
    const model = held();
    const log = model.batches as (string | string[])[];
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 5, schedule });
    const first = loader.load(picture('a'));
    sendAll();
    await turn();
    const failed = loader.between(async () => {
      log.push('fails');
      throw new Error('of its own');
    });
    const other = loader.between(async () => log.push('works'));
    const second = loader.load(picture('b'));
    sendAll();
    expect(log).toEqual([['a']]);
    const fails = expect(failed).rejects.toThrow('of its own');
    await model.end();
    await model.end();
    await Promise.all([first, other, second, fails]);
    expect(log).toEqual([['a'], 'fails', 'works', ['b']]);
  });

  it('fills the next batch while one runs, decodes its pictures meanwhile, and runs one at a time', async () => {
    const model = held();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 5, schedule });
    const first = loader.load(picture('a'));
    sendAll();
    await turn();
    const second = loader.load(picture('b'));
    sendAll();
    await turn();
    const third = loader.load(picture('c'));
    expect(model.batches).toEqual([['a']]);
    expect(model.decoded).toEqual(['a', 'b', 'c']);
    await model.end();
    await model.end();
    await Promise.all([first, second, third]);
    expect(model.batches).toEqual([['a'], ['b', 'c']]);
    expect(model.decoded).toEqual(['a', 'b', 'c']);
  });

  it('decodes no more pictures ahead than four batches hold', async () => {
    const model = held();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 1, batchWaitMs: 5, schedule });
    const all = [...'abcdefg'].map((name) => loader.load(picture(name)));
    expect(model.decoded.join('')).toBe('abcd');
    sendAll();
    for (const name of 'abcdefg') {
      await turn();
      expect(model.batches.at(-1)).toEqual([name]);
      await model.end();
    }
    await Promise.all(all);
    expect(model.decoded.join('')).toBe('abcdefg');
  });

  it('lets what somebody waits for go before queued work, in a batch of its own', async () => {
    const model = held();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 2, batchWaitMs: 5, schedule });
    const queued = ['a', 'b', 'c', 'd'].map((name) => loader.load({ ...picture(name), rank: 'backlog' }));
    sendAll();
    await turn();
    const asked = loader.load(picture('now'));
    sendAll();
    await model.end();
    expect(model.batches).toEqual([['a', 'b'], ['now']]);
    await model.end();
    expect((await asked).caption).toBe('now');
    // Of one size nothing is known but that two took as long as they did: with people about, one at a time is what keeps to the target.
    while (model.batches.flat().length < 5) await model.end();
    await model.end();
    await Promise.all(queued);
    expect(model.batches.slice(2).flat()).toEqual(['c', 'd']);
  });

  it('leaves queued work a turn in four, however many people ask', async () => {
    const model = held();
    const { schedule, sendAll } = manualSchedule();
    const loader = createCaptionLoader(model, { batchSize: 1, batchWaitMs: 5, schedule });
    const all = [...'ABCDEFG'].map((name) => loader.load(picture(name)));
    all.push(...[...'xyz'].map((name) => loader.load({ ...picture(name), rank: 'backlog' as const })));
    sendAll();
    for (let i = 0; i < 10; i += 1) {
      await turn();
      await model.end();
    }
    await Promise.all(all);
    expect(model.batches.flat().join('')).toBe('ABCDxEFGyz');
  });

  it('cuts batches of queued work while people ask, and no longer when they have gone', async () => {
    let clock = 0;
    const ran: string[] = [];
    // 10 ms a batch and 10 ms a picture: one and a half times what one takes is 30 ms, two pictures.
    const model = captioner(async (requests) => {
      clock += 10 + 10 * requests.length;
      ran.push(requests.map(nameOf).join(''));
      return requests.map(captionOf);
    });
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 0, now: () => clock });
    const queue = (names: string) =>
      Promise.all([...names].map((name) => loader.load({ ...picture(name), rank: 'backlog' })));
    await queue('abcdefgh');
    await loader.load(picture('1'));
    await queue('abcdefgh');
    clock += 20_000;
    await queue('abcdefgh');
    expect(ran).toEqual(['abcdefgh', '1', 'ab', 'cd', 'ef', 'gh', 'abcdefgh']);
  });

  it('computes what is asked for by both ranks for each, and answers both', async () => {
    const model = recorder();
    const loader = createCaptionLoader(model, { batchSize: 8, batchWaitMs: 0 });
    const both = [loader.load({ ...picture('a'), rank: 'backlog' }), loader.load(picture('a'))];
    expect((await Promise.all(both)).map(({ caption }) => caption)).toEqual(['a', 'a']);
    expect(model.batches).toEqual([['a'], ['a']]);
  });
});
