// The loop over a real graph: logistic regression of three weights on data drawn anew at each step.
import { truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as ort from 'onnxruntime-node';
import { createGraph, input } from '../../src/onnx/graph.js';
import { MatMul } from '../../src/onnx/ops/contraction.js';
import { ADAMW } from '../../src/training/adamw.js';
import { readCheckpoint } from '../../src/training/checkpoint.js';
import type { Feeds } from '../../src/training/gradientShard.js';
import { type LossAndGradients, lossAndGradients } from '../../src/training/lossAndGradients.js';
import { binaryCrossEntropy } from '../../src/training/losses.js';
import { createStore, type ParameterStore } from '../../src/training/parameterStore.js';
import { type Progress, removeCheckpoints, type Training, trainLoop } from '../../src/training/trainLoop.js';
import { uniforms } from '../support/random.js';

const STEPS = 12;
let out: string;
let open: LossAndGradients[] = [];
beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'hotlens-loop-'));
});
afterEach(async () => {
  await Promise.all(open.map((each) => each.dispose()));
  open = [];
  await rm(out, { recursive: true });
});

async function training(more: Partial<Training> = {}): Promise<Training & { store: ParameterStore }> {
  const store = createStore(new Map([['w', { shape: [3, 1], data: Float32Array.of(0.5, -1, 2) }]]));
  const objective = await lossAndGradients(
    store,
    (parameters) => {
      const graph = createGraph('regression');
      const logits = MatMul(input(graph, 'x', 'float32', [4, 3]), parameters.value(graph, 'w', [3, 1]));
      return { graph, loss: binaryCrossEntropy(logits, input(graph, 'y', 'float32', [4, 1])) };
    },
    { threads: 1 },
  );
  open.push(objective);
  return {
    store,
    steps: STEPS,
    objective: () => objective,
    batch: (step) => {
      const random = uniforms(step);
      return {
        x: new ort.Tensor('float32', Float32Array.from({ length: 12 }, random), [4, 3]),
        y: new ort.Tensor(
          'float32',
          Float32Array.from({ length: 4 }, () => (random() < 0.5 ? 0 : 1)),
          [4, 1],
        ),
      };
    },
    optimizer: { ...ADAMW, learningRate: 0.1 },
    warmup: 2,
    ...more,
  };
}

/** Scores by step, as if from held-out data, and how often they were asked for. */
function scored(scores: readonly number[], more: { every: number; patience?: number }) {
  let step = 0;
  const asked: number[] = [];
  return {
    asked,
    onProgress: (progress: Progress) => {
      step = progress.step;
    },
    evaluation: {
      ...more,
      metric: 'CIDEr',
      run: async () => {
        asked.push(step + 1);
        return { CIDEr: scores[step]!, other: step };
      },
    },
  };
}

const bits = ({ values }: ParameterStore) => [...new Uint32Array(values.slice().buffer)];
const logged = async () =>
  (await readFile(path.join(out, 'log.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number> & { scores?: unknown });
/** What is the same whenever and wherever a step was run. */
const timeless = (lines: readonly object[]) => lines.map((line) => ({ ...line, seconds: undefined }));

/** Runs until the step, stops there as Ctrl-C does. */
async function stopAt(step: number, options: { identity: string; checkpointSeconds?: number }): Promise<void> {
  const stop = new AbortController();
  const run = trainLoop(await training(), {
    out,
    ...options,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.step === step) stop.abort();
    },
  });
  await expect(run).rejects.toMatchObject({
    code: 'SHUTTING_DOWN',
    message: `stopped after step ${step} of ${STEPS}; the same command goes on from there`,
  });
}

describe('trainLoop', () => {
  it('goes on bit for bit after a stop at any step, with each step in the log once', async () => {
    const whole = await training();
    const result = await trainLoop(whole, { out, identity: 'i' });
    const lines = timeless(await logged());
    expect(lines.length).toBe(STEPS);
    expect(result).toMatchObject({ steps: STEPS, loss: expect.any(Number) });
    for (let step = 1; step <= STEPS; step += 1) {
      await removeCheckpoints(out);
      await stopAt(step, { identity: 'i' });
      const rest = await training();
      expect(await trainLoop(rest, { out, identity: 'i' })).toMatchObject({ steps: STEPS, loss: result.loss });
      expect(bits(rest.store)).toEqual(bits(whole.store));
      expect(timeless(await logged())).toEqual(lines);
    }
  });

  it('cuts the log back to its checkpoint: steps after it are done again, none is there twice', async () => {
    const whole = await training();
    await trainLoop(whole, { out, identity: 'i' });
    const lines = timeless(await logged());
    await removeCheckpoints(out);
    // As after kill -9: the checkpoint is of step 4, the log goes on to 9, the last line torn.
    await stopAt(4, { identity: 'i' });
    const checkpoint = await readFile(path.join(out, 'checkpoint.bin'));
    await stopAt(9, { identity: 'i' });
    const log = await readFile(path.join(out, 'log.jsonl'));
    truncateSync(path.join(out, 'log.jsonl'), log.length - 20);
    writeFileSync(path.join(out, 'checkpoint.bin'), checkpoint);
    const rest = await training();
    await trainLoop(rest, { out, identity: 'i' });
    expect(bits(rest.store)).toEqual(bits(whole.store));
    expect(timeless(await logged())).toEqual(lines);
  });

  it('logs loss, gradient norm and learning rate of every step', async () => {
    await trainLoop(await training(), { out, identity: 'i' });
    const lines = await logged();
    expect(lines.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, i) => i + 1));
    expect(lines[0]).toEqual({
      step: 1,
      seconds: expect.any(Number),
      loss: expect.any(Number),
      gradientNorm: expect.any(Number),
      learningRate: 0.05,
    });
    expect(lines.at(-1)!.learningRate).toBeCloseTo(0, 12);
  });

  it('refuses the checkpoint of another run, and keeps it', async () => {
    await stopAt(3, { identity: 'one' });
    await expect(trainLoop(await training(), { out, identity: 'two' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/checkpoint\.bin belongs to a run with other settings; choose another --out/),
    });
    expect((await logged()).length).toBe(3);
    await trainLoop(await training(), { out, identity: 'one' });
    expect((await logged()).length).toBe(STEPS);
  });

  /** A clock that goes on by a second whenever it is looked at: twice a step, and once while saving. */
  function ticking(): () => number {
    let time = 0;
    return () => {
      time += 1000;
      return time;
    };
  }

  const stepOfCheckpoint = async () => (await readCheckpoint(path.join(out, 'checkpoint.bin')))?.step ?? 0;

  it('writes checkpoints at their times, and spends no more on them than half of what it trains', async () => {
    const checkpointsAt = async (checkpointSeconds: number) => {
      await removeCheckpoints(out);
      const seen: number[] = [];
      const task = await training();
      const objective = async (step: number) => {
        seen.push(await stepOfCheckpoint());
        return task.objective(step);
      };
      await trainLoop({ ...task, objective }, { out, identity: 'i', checkpointSeconds, now: ticking() });
      return seen;
    };
    expect(await checkpointsAt(1e9)).toEqual(Array(STEPS).fill(0));
    expect(await checkpointsAt(5)).toEqual([0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9]);
    expect(await checkpointsAt(0)).toEqual([0, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11]);
  });

  it('has the next batch ready when a step ends, each share in its order and only once', async () => {
    const asked: number[] = [];
    const task = await training();
    const objective = await task.objective(1);
    const pairs = {
      ...objective,
      shares: 2,
      run: async (...shares: Parameters<typeof objective.run>) => {
        const before = asked.length;
        expect(shares).toHaveLength(2);
        await new Promise((resolve) => setImmediate(resolve));
        expect(asked.length).toBe(Math.min(2 * STEPS, before + 2));
        return objective.run(shares[0]!);
      },
    };
    const batch = (share: number) => {
      asked.push(share);
      return task.batch(share);
    };
    await trainLoop({ ...task, objective: () => pairs, shares: 2, batch }, { out, identity: 'i' });
    expect(asked).toEqual(Array.from({ length: 2 * STEPS }, (_, i) => i + 1));
  });

  it('cuts a batch into more shares from a step on where the task says so, and counts them on', async () => {
    const [asked, taken]: [number[], number[]] = [[], []];
    const task = await training();
    const objective = await task.objective(1);
    const counted = {
      ...objective,
      run: async (...given: readonly Feeds[]) => {
        taken.push(given.length);
        return objective.run(given[0] as Feeds);
      },
    };
    const batch = (share: number) => {
      asked.push(share);
      return task.batch(share);
    };
    const shares = (step: number) => (step < 3 ? 1 : 2);
    await trainLoop({ ...task, objective: () => counted, shares, batch }, { out, identity: 'i' });
    const steps = Array.from({ length: STEPS }, (_, i) => i + 1);
    expect(taken).toEqual(steps.map(shares));
    expect(asked).toEqual(Array.from({ length: taken.reduce((sum, one) => sum + one, 0) }, (_, i) => i + 1));
  });

  it('writes a checkpoint before scores, which may take long', async () => {
    const seen: number[] = [];
    const evaluation = {
      every: 6,
      metric: 'CIDEr',
      run: async () => {
        seen.push(await stepOfCheckpoint());
        return { CIDEr: 1 };
      },
    };
    await trainLoop(await training({ evaluation }), { out, identity: 'i', checkpointSeconds: 60, now: ticking() });
    expect(seen).toEqual([5, 11]);
  });

  it('keeps the parameters of the best score', async () => {
    const { evaluation, onProgress, asked } = scored([0, 1, 0, 5, 0, 4, 0, 5, 0, 2, 0, 3], { every: 2 });
    const task = await training({ evaluation });
    const at: Record<number, number[]> = {};
    const result = await trainLoop(task, {
      out,
      identity: 'i',
      onProgress: (progress) => {
        onProgress(progress);
        at[progress.step] = bits(task.store);
      },
    });
    expect(asked).toEqual([2, 4, 6, 8, 10, 12]);
    // Step 8 is as good as step 4: the earlier one stays.
    expect(result).toMatchObject({ steps: STEPS, bestStep: 4, best: { CIDEr: 5, other: 3 } });
    expect(bits(task.store)).toEqual(at[4]);
    expect(at[4]).not.toEqual(at[STEPS]);
    const lines = await logged();
    expect(lines.filter(({ scores }) => scores !== undefined).map(({ step }) => step)).toEqual(asked);
  });

  it('ends after so many scores that are no better, and stays ended', async () => {
    const scores = [1, 3, 2, 3, 9, 9, 9, 9, 9, 9, 9, 9];
    const first = scored(scores, { every: 1, patience: 2 });
    const task = await training({ evaluation: first.evaluation });
    const result = await trainLoop(task, { out, identity: 'i', onProgress: first.onProgress });
    expect(first.asked).toEqual([1, 2, 3, 4]);
    expect(result).toMatchObject({ steps: 4, bestStep: 2, best: { CIDEr: 3 } });
    const again = scored(scores, { every: 1, patience: 2 });
    const second = await training({ evaluation: again.evaluation });
    expect(await trainLoop(second, { out, identity: 'i', onProgress: again.onProgress })).toEqual(result);
    expect(again.asked).toEqual([]);
    expect(bits(second.store)).toEqual(bits(task.store));
  });

  it('scores at the last step, whatever the distance', async () => {
    const { evaluation, onProgress, asked } = scored(Array(STEPS).fill(1), { every: 5 });
    await trainLoop(await training({ evaluation }), { out, identity: 'i', onProgress });
    expect(asked).toEqual([5, 10, 12]);
  });

  it('remembers best and patience over a stop', async () => {
    const scores = [7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    const stop = new AbortController();
    const first = scored(scores, { every: 1, patience: 4 });
    const task = await training({ evaluation: first.evaluation });
    const stopped = trainLoop(task, {
      out,
      identity: 'i',
      signal: stop.signal,
      onProgress: (progress) => {
        first.onProgress(progress);
        if (progress.step === 3) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    const second = await training({ evaluation: first.evaluation });
    const result = await trainLoop(second, { out, identity: 'i', onProgress: first.onProgress });
    expect(result).toMatchObject({ steps: 5, bestStep: 1, best: { CIDEr: 7 } });
  });

  it('ends where the loss is no number, and leaves the checkpoint of a step that was', async () => {
    const task = await training();
    const broken = {
      ...task,
      batch: async (step: number) => {
        const feeds = await task.batch(step);
        return step === 6 ? { ...feeds, x: new ort.Tensor('float32', new Float32Array(12).fill(3e38), [4, 3]) } : feeds;
      },
    };
    await expect(trainLoop(broken, { out, identity: 'i', checkpointSeconds: 0 })).rejects.toMatchObject({
      code: 'BAD_MODEL',
      message: 'the loss is not finite at step 6: try a smaller --lr',
    });
    expect((await logged()).length).toBe(5);
    const rest = await training();
    const whole = await trainLoop(rest, { out, identity: 'i' });
    expect(Number.isFinite(whole.loss)).toBe(true);
    expect((await logged()).length).toBe(STEPS);
  });
});
