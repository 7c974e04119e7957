// Explanations as the process that captions gives them: one at a time, in turns between batches, so that captioning goes on, and
// kept for a while. What explains are sessions of its own, with weights of their own: loaded at the first question, and let go
// when none comes for some minutes.
import type { Captioner } from '../captioner.js';
import { givenUp, requestKey } from '../captionLoader.js';
import type { ExplanationRequest, ExplanationResult } from '../inference.js';
import type { Explainer } from './explainer.js';
import { shownExplanation } from './shownExplanation.js';

export interface ExplanationsOptions {
  readonly captioner: Pick<Captioner, 'beams'>;
  readonly open: () => Promise<Explainer>;
  /** Runs work when the model is free, before whoever comes later. */
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  /** Explanations that are kept, the latest asked for; each has some 100 kB. */
  readonly keep?: number;
  /** How long sessions stay without a question (ms). */
  readonly idleMs?: number;
}

export interface Explanations {
  /** Rejects with what is wrong with this one request, or TIMEOUT where everybody gave it up by `signal` before its turn. */
  explain(request: ExplanationRequest, signal?: AbortSignal): Promise<ExplanationResult>;
  /** Lets the sessions go. */
  close(): Promise<void>;
}

interface Entry {
  readonly result: Promise<ExplanationResult>;
  /** Who waits; undefined: somebody who does not give up. */
  readonly signals: Set<AbortSignal | undefined>;
}

export function createExplanations(options: ExplanationsOptions): Explanations {
  const { captioner, open, turn, keep = 64, idleMs = 5 * 60_000 } = options;
  const entries = new Map<string, Entry>();
  /** What was asked before, done or failed. */
  let before: Promise<unknown> = Promise.resolve();
  let explainer: Promise<Explainer> | undefined;
  let idle: NodeJS.Timeout | undefined;

  function opened(): Promise<Explainer> {
    explainer ??= open().catch((error: unknown) => {
      explainer = undefined;
      throw error;
    });
    return explainer;
  }

  async function close(): Promise<void> {
    clearTimeout(idle);
    const leaving = explainer;
    explainer = undefined;
    await (await leaving)?.dispose();
  }

  async function run(request: ExplanationRequest, signals: Entry['signals']): Promise<ExplanationResult> {
    clearTimeout(idle);
    const wanted = () => {
      if ([...signals].every((signal) => signal?.aborted)) throw givenUp();
    };
    wanted();
    const { explain } = await opened();
    const { image, tokenIds } = request;
    const prompt = request.options?.prompt ?? '';
    const explanation = await turn(async () => {
      wanted();
      return explain({ image, tokenIds, prompt });
    });
    const beams = await turn(async () => {
      wanted();
      return captioner.beams(request);
    });
    return { ...shownExplanation(explanation), beams };
  }

  return {
    close,
    explain(request, signal) {
      const key = `${requestKey(request)} ${request.tokenIds.join()}`;
      const known = entries.get(key);
      // The latest asked for stands last.
      entries.delete(key);
      if (known !== undefined) {
        known.signals.add(signal);
        entries.set(key, known);
        return known.result;
      }
      const signals = new Set([signal]);
      const result = before.then(() => run(request, signals));
      before = result
        .catch(() => undefined)
        .then(() => {
          clearTimeout(idle);
          idle = setTimeout(() => void close(), idleMs).unref();
        });
      const entry = { result, signals };
      entries.set(key, entry);
      result.then(
        () => signals.clear(),
        () => entries.get(key) === entry && entries.delete(key),
      );
      for (const oldest of [...entries.keys()].slice(0, -keep)) entries.delete(oldest);
      return result;
    },
  };
}
