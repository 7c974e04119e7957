// Greedy decoding of a batch by greedyLoop: everything that decoding looks at is told beforehand, and the tokens come back together.
import * as ort from 'onnxruntime-node';
import type { Session } from '../../onnx/session.js';
import { floats, ids } from '../../onnx/tensors.js';
import { notNumbers } from '../generate/firstLargest.js';
import { type GenerationSettings, newTokenLimits } from '../generate/generationSettings.js';
import { createLogitsRules } from '../generate/logitsRules.js';
import type { SearchResult } from '../generate/search.js';
import type { OptConfig } from './config.js';
import { first } from './greedyLoop.js';
import { cacheNames, pastOf } from './keyValueCache.js';
import { alignPrompts, type Prompts, promptFeeds } from './promptFeeds.js';

export interface InGraphInput extends Prompts {
  /** Over greedyLoop. */
  readonly session: Session;
  readonly config: OptConfig;
  /** Whether its cache is in half precision. */
  readonly half: boolean;
  /** Of each prompt. */
  readonly settings: readonly GenerationSettings[];
}

/** Whether a batch can be decoded so: greedily, with one set of end tokens, and rules that look at nothing but how many tokens there are. */
export function fitsLoop(settings: readonly GenerationSettings[]): boolean {
  const ends = (of: GenerationSettings) => [...of.eosTokenIds].sort((a, b) => a - b).join();
  return settings.every(
    (each) =>
      each.numBeams === 1 &&
      each.repetitionPenalty === 1 &&
      each.noRepeatNgramSize === 0 &&
      each.badWordsIds.length === 0 &&
      // The first of several that are forced is taken, where a sum would take the likeliest.
      each.forcedEosTokenIds.length <= 1 &&
      each.forcedBosTokenId === null &&
      ends(each) === ends(settings[0]!),
  );
}

/** As generate with greedy searches. Throws AppError BAD_MODEL where logits are not numbers. */
export async function decodeInGraph(input: InGraphInput): Promise<SearchResult[]> {
  const { session, config, prompts, settings } = input;
  if (prompts.length === 0) return [];
  const rows = prompts.length;
  const { places } = alignPrompts(prompts);
  const limits = prompts.map((prompt, row) => newTokenLimits(settings[row]!, prompt.length));
  const turns = Math.max(...limits.map(({ max }) => max));
  const { biases, which } = biasesOf(input, limits, turns);
  const ends = new Int32Array(config.vocab_size);
  for (const end of settings[0]!.eosTokenIds) if (end < ends.length) ends[end] = 1;
  const headWidth = config.hidden_size / config.num_attention_heads;
  const ascending = (from: number, count: number) => Int32Array.from({ length: count }, (_, i) => from + i);

  const begin = {
    ...promptFeeds(input, config.word_embed_proj_dim),
    slots: new ort.Tensor('int32', new Int32Array(0), [rows, 0]),
    ...Object.fromEntries(
      cacheNames(config.num_hidden_layers).map((name) => [
        pastOf(name),
        input.half
          ? new ort.Tensor('float16', new Uint16Array(0), [0, headWidth])
          : floats(new Float32Array(0), [0, headWidth]),
      ]),
    ),
    own: new ort.Tensor('int32', ascending(0, rows * places), [rows, places]),
    upcoming: new ort.Tensor('int32', ascending(rows * places, rows), [rows, 1]),
    done: new ort.Tensor('int32', new Int32Array(rows), [rows, 1]),
  };
  const results = await session.run(
    {
      ...Object.fromEntries(Object.entries(begin).map(([name, tensor]) => [first(name), tensor])),
      turns: ids([turns], []),
      rows: new ort.Tensor('int32', Int32Array.of(rows), [1]),
      most: ids(
        limits.map(({ max }) => max),
        [rows, 1],
      ),
      ends: new ort.Tensor('int32', ends, [config.vocab_size]),
      biases: floats(biases, [biases.length / config.vocab_size, config.vocab_size]),
      which: ids(which, [turns, rows]),
    },
    ['tokens', 'token_log_probs'],
  );
  const tokens = results.tokens!.data as BigInt64Array;
  const logProbs = results.token_log_probs!.data as Float32Array;
  return prompts.map((_, row) => {
    const tokenIds: number[] = [];
    const tokenLogProbs: number[] = [];
    while (tokenIds.length < limits[row]!.max && ends[tokenIds.at(-1) ?? -1] !== 1) {
      const at = tokenIds.length * rows + row;
      if (Number.isNaN(logProbs[at])) throw notNumbers();
      tokenIds.push(Number(tokens[at]));
      tokenLogProbs.push(logProbs[at]!);
    }
    const logProb = tokenLogProbs.reduce((sum, value) => sum + value, 0);
    return { tokenIds, tokenLogProbs, logProb, score: logProb, others: [] };
  });
}

/** The distinct rules as numbers to add to a row's probabilities [K, V], and which of them each row has at each turn [turns, B]. */
function biasesOf(
  { prompts, settings, config }: InGraphInput,
  limits: readonly { readonly min: number; readonly max: number }[],
  turns: number,
): { biases: Float32Array; which: Int32Array } {
  const known = new Map<string, number>();
  const vectors: Float32Array[] = [];
  const which = new Int32Array(turns * prompts.length);
  for (const [row, { length }] of prompts.entries()) {
    const { min, max } = limits[row]!;
    const rules = createLogitsRules(settings[row]!, { length, minNewTokens: min, maxNewTokens: max });
    const kind = rules.length === 0 ? '' : JSON.stringify([settings[row], length]);
    for (let turn = 0; turn < turns; turn += 1) {
      // What rules that look at lengths alone can tell apart.
      const key = rules.length === 0 ? '' : `${kind} ${turn === 0} ${turn < min} ${turn === max - 1}`;
      let place = known.get(key);
      if (place === undefined) {
        const vector = new Float32Array(config.vocab_size);
        const said = new Array<number>(length + turn).fill(-1);
        for (const rule of rules) rule(vector, said);
        place = vectors.push(vector) - 1;
        known.set(key, place);
      }
      which[turn * prompts.length + row] = place;
    }
  }
  const biases = new Float32Array(vectors.length * config.vocab_size);
  for (const [place, vector] of vectors.entries()) biases.set(vector, place * config.vocab_size);
  return { biases, which };
}
