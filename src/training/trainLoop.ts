// The loop that every stage runs: batch, loss and gradients, update, log, checkpoint, evaluation. What happens at a step is a
// function of the step's number and the parameters alone, so that a run goes on bit for bit after a kill.
import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors.js';
import { type AdamWOptions, type AdamWState, adamwState } from './adamw.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Feeds } from './gradientShard.js';
import type { LossAndGradients } from './lossAndGradients.js';
import type { ParameterStore } from './parameterStore.js';
import { cosineSchedule } from './schedule.js';

export interface Training {
  readonly store: ParameterStore;
  readonly steps: number;
  /** The loss of a step (from 1); a stage may change it on the way. */
  objective(step: number): Promise<LossAndGradients> | LossAndGradients;
  /** How many shares its objectives take a batch in (default: 1); at each step (from 1) where it changes on the way. */
  readonly shares?: number | ((step: number) => number);
  /**
   * The data of a share of a batch: the same for the same share, always. Shares count from 1 through all steps. Those of the next step are
   * asked for while a step runs.
   */
  batch(share: number): Promise<Feeds> | Feeds;
  readonly optimizer: AdamWOptions;
  readonly warmup: number;
  readonly evaluation?: Evaluation | undefined;
}

export interface Evaluation {
  /** Steps between two evaluations; there is one at the end too. */
  readonly every: number;
  /** Scores of the parameters as they are now. */
  run(): Promise<Readonly<Record<string, number>>>;
  /** The score that counts, larger is better: the best parameters are kept. */
  readonly metric: string;
  /** Ends the run after so many evaluations without a better one. */
  readonly patience?: number | undefined;
}

export interface Progress {
  readonly step: number;
  readonly steps: number;
  readonly figures: Readonly<Record<string, number>>;
  /** The last evaluation's scores. */
  readonly scores?: Readonly<Record<string, number>> | undefined;
}

export interface TrainLoopOptions {
  /** Gets checkpoint.bin, best.bin and log.jsonl. */
  readonly out: string;
  /** Everything that makes this run what it is; a checkpoint of another run is refused. */
  readonly identity: string;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
  /** Seconds between checkpoints (default: 30). */
  readonly checkpointSeconds?: number;
  /** Milliseconds, Date.now by default. */
  readonly now?: () => number;
}

export interface TrainResult {
  /** Whether the run was finished before: nothing was done. */
  readonly already?: boolean;
  readonly steps: number;
  readonly seconds: number;
  readonly loss: number;
  /** Scores of the best parameters, which are the ones left, and the step that gave them. */
  readonly best?: Readonly<Record<string, number>> | undefined;
  readonly bestStep?: number;
}

interface Memory {
  seconds: number;
  loss: number;
  best?: Record<string, number>;
  bestStep: number;
  stale: number;
  done: boolean;
}

/**
 * Trains the store's parameters in place, from the checkpoint in `out` if there is one; where there are evaluations, the best
 * parameters are the ones left in the end. Throws AppError: CONFIG where the checkpoint is another run's, BAD_MODEL where the
 * loss is no number any more, SHUTTING_DOWN after `signal` (a checkpoint is written first).
 */
export async function trainLoop(training: Training, options: TrainLoopOptions): Promise<TrainResult> {
  const { store, steps } = training;
  const { now = Date.now } = options;
  await mkdir(options.out, { recursive: true });
  const wait = 1000 * (options.checkpointSeconds ?? CHECKPOINT_SECONDS);
  const files = {
    checkpoint: path.join(options.out, 'checkpoint.bin'),
    best: path.join(options.out, 'best.bin'),
    log: path.join(options.out, 'log.jsonl'),
  };
  const state = adamwState(store);
  const { memory, done } = await resume(files, options.identity, [store.values, state.m, state.v]);
  let saved = now();
  let started = saved;
  let savingTook = 0;
  let scores: Readonly<Record<string, number>> | undefined;
  const save = async (step: number) => {
    const begun = now();
    memory.seconds += (begun - started) / 1000;
    started = begun;
    await writeCheckpoint(files.checkpoint, {
      step,
      identity: options.identity,
      logBytes: existsSync(files.log) ? statSync(files.log).size : 0,
      memory: { ...memory },
      arrays: [store.values, state.m, state.v],
    });
    saved = now();
    savingTook = saved - begun;
  };
  let last = done;
  const data = prefetched(training);
  const finished = memory.done;
  for (let step = done + 1; step <= steps && !memory.done; step += 1) {
    last = step;
    const evaluation = training.evaluation;
    const due = evaluation !== undefined && (step % evaluation.every === 0 || step === steps);
    // Scores can take longer than all steps since the last checkpoint: a kill meanwhile must not cost those.
    if (due && now() - saved > Math.max(wait / 10, savingTook)) await save(step - 1);
    const figures = await oneStep(training, state, step, data);
    memory.loss = figures.loss!;
    if (due) {
      scores = await evaluation.run();
      await judge(evaluation, { scores, step, memory, file: files.best, identity: options.identity, store });
    }
    const seconds = memory.seconds + (now() - started) / 1000;
    appendFileSync(files.log, `${JSON.stringify({ step, seconds, ...figures, ...(due ? { scores } : {}) })}\n`);
    options.onProgress?.({ step, steps, figures, scores });
    // A large model's checkpoint takes a while: never more time for saving than for half the training.
    if (options.signal?.aborted || now() - saved > Math.max(wait, 2 * savingTook)) await save(step);
    if (options.signal?.aborted) {
      throw new AppError(
        'SHUTTING_DOWN',
        `stopped after step ${step} of ${steps}; the same command goes on from there`,
      );
    }
  }
  if (!finished) {
    memory.done = true;
    await save(last);
  }
  if (memory.best !== undefined) {
    const best = await readCheckpoint(files.best);
    if (best === undefined) throw new AppError('BAD_MODEL', `${files.best} with the best parameters is missing`);
    store.values.set(best.arrays[0]!);
  }
  return {
    steps: last,
    seconds: memory.seconds,
    loss: memory.loss,
    ...(memory.best === undefined ? {} : { best: memory.best, bestStep: memory.bestStep }),
  };
}

/** Seconds of work that a kill may cost, beside a step and the time that saving takes. */
const CHECKPOINT_SECONDS = 30;

/** Removes what a finished run needs no more; the log stays. */
export async function removeCheckpoints(out: string): Promise<void> {
  for (const name of ['checkpoint.bin', 'best.bin']) {
    // The draft of one that a kill interrupted, too.
    for (const file of [name, `${name}.new`]) await rm(path.join(out, file), { force: true });
  }
}

/** The data of steps: while one is computed the next one's is prepared, on what the sessions' threads leave of the machine. */
function prefetched({ batch, shares = 1, steps }: Training) {
  const sharesAt = typeof shares === 'number' ? () => shares : shares;
  const counted = { step: 1, shares: 0 };
  const load = async (step: number): Promise<Feeds[]> => {
    for (; counted.step < step; counted.step += 1) counted.shares += sharesAt(counted.step);
    const found: Feeds[] = [];
    for (let i = 1; i <= sharesAt(step); i += 1) found.push(await batch(counted.shares + i));
    return found;
  };
  let next: { readonly step: number; readonly feeds: Feeds[] } | undefined;
  return {
    /** Runs `compute` with the data of a step. */
    async during<T>(step: number, compute: (feeds: readonly Feeds[]) => Promise<T>): Promise<T> {
      const feeds = next?.step === step ? next.feeds : await load(step);
      const running = compute(feeds);
      const [result, following] = await Promise.all([running, step < steps ? load(step + 1) : undefined]);
      next = following && { step: step + 1, feeds: following };
      return result;
    },
  };
}

async function oneStep(
  training: Training,
  state: AdamWState,
  step: number,
  data: ReturnType<typeof prefetched>,
): Promise<Record<string, number>> {
  const { optimizer } = training;
  const objective = await training.objective(step);
  const figures = await data.during(step, (shares) => objective.run(...shares));
  const scale = cosineSchedule(step, training);
  const gradientNorm = await objective.update(state, optimizer, { step, scale, skip: new Set(objective.unused) });
  if (!Number.isFinite(figures.loss!) || !Number.isFinite(gradientNorm)) {
    throw new AppError('BAD_MODEL', `the loss is not finite at step ${step}: try a smaller --lr`);
  }
  return { ...figures, gradientNorm, learningRate: optimizer.learningRate * scale };
}

async function judge(
  evaluation: Evaluation,
  now: {
    scores: Readonly<Record<string, number>>;
    step: number;
    memory: Memory;
    file: string;
    identity: string;
    store: ParameterStore;
  },
): Promise<void> {
  const { memory, scores, step } = now;
  const score = scores[evaluation.metric];
  if (score === undefined) throw new Error(`trainLoop: the evaluation gives no ${evaluation.metric}`);
  if (memory.best !== undefined && score <= memory.best[evaluation.metric]!) {
    memory.stale += 1;
    if (evaluation.patience !== undefined && memory.stale >= evaluation.patience) memory.done = true;
    return;
  }
  memory.best = { ...scores };
  memory.bestStep = step;
  memory.stale = 0;
  await writeCheckpoint(now.file, {
    step,
    identity: now.identity,
    logBytes: 0,
    memory: { scores },
    arrays: [now.store.values],
  });
}

async function resume(
  files: { checkpoint: string; log: string },
  identity: string,
  arrays: readonly Float32Array[],
): Promise<{ memory: Memory; done: number }> {
  const found = await readCheckpoint(files.checkpoint);
  if (found === undefined) {
    if (existsSync(files.log)) truncateSync(files.log, 0);
    return { memory: { seconds: 0, loss: Number.NaN, bestStep: 0, stale: 0, done: false }, done: 0 };
  }
  if (found.identity !== identity) {
    throw new AppError(
      'CONFIG',
      `${files.checkpoint} belongs to a run with other settings; choose another --out, or delete it to start anew`,
    );
  }
  found.arrays.forEach((array, i) => {
    arrays[i]!.set(array);
  });
  // Only ever cut: a log that someone shortened would be filled with zeros.
  if (existsSync(files.log) && statSync(files.log).size > found.logBytes) truncateSync(files.log, found.logBytes);
  return { memory: found.memory as unknown as Memory, done: found.step };
}
