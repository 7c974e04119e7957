// How well an embedder's texts and pictures find each other with the parameters as they are now: what its training watches.
import { areaUnderCurve, dotProducts, recallAt, type Similarities, transposed } from '../evaluation/retrieval.js';
import type { Blip2Config } from '../inference/blip2/config.js';
import { retrievalImageGraph, retrievalTextGraph } from '../inference/blip2/retrievalGraphs.js';
import { padded } from '../inference/embedding/embedder.js';
import { createSession } from '../inference/onnx/session.js';
import { asFloats, type Features } from './data/features.js';
import { parameterFeeds } from './lossAndGradients.js';
import { type ParameterStore, trainable } from './parameterStore.js';

export interface RetrievalEvaluator {
  /**
   * In percent, over all pictures and the first caption of each: R@1 and R@5 of finding the text of a picture and the picture of a
   * text, by a picture's one vector and by the best of its queries (`queries`), and `R@1`, the mean of both ways by the vector.
   * `same` and `different`: mean cosines of a picture's first two captions, and of captions of different pictures; `events`: how
   * often the former is larger (area under the curve, in percent).
   */
  scores(): Promise<Record<string, number>>;
  dispose(): Promise<void>;
}

const BATCH = 64;

/** An evaluator over pictures; `encode` gives a text's ids with the tokens around it. The store's parameters are read anew at each call. */
export async function createRetrievalEvaluator(
  config: Blip2Config,
  store: ParameterStore,
  features: Features,
  options: { encode: (text: string) => readonly number[]; threads?: number | undefined },
): Promise<RetrievalEvaluator> {
  const parameters = trainable(store);
  const graphs = { image: retrievalImageGraph(parameters, config), text: retrievalTextGraph(parameters, config) };
  const settings = { provider: 'cpu', threads: options.threads ?? 0, spinning: false } as const;
  const sessions = {
    image: await createSession(graphs.image, settings),
    text: await createSession(graphs.text, settings),
  };
  const { data } = features;
  const { numQueryTokens: count, imageTextHiddenSize: width } = config;
  const first = Array.from({ length: data.count }, (_, i) => data.references(i)[0]!);
  const second = Array.from({ length: data.count }, (_, i) => data.references(i)[1] ?? first[i]!);
  const own = first.map((_, i) => new Set(data.references(i)));
  const right = (picture: number, text: number) => own[picture]!.has(first[text]!);

  async function textVectors(texts: readonly string[]): Promise<Float32Array> {
    const all = new Float32Array(texts.length * width);
    for (let start = 0; start < texts.length; start += BATCH) {
      const { feeds } = padded(texts.slice(start, start + BATCH).map(options.encode), 0);
      const found = await sessions.text.run({ ...parameterFeeds(store, graphs.text), ...feeds });
      all.set(found.text_embeds!.data as Float32Array, start * width);
    }
    return all;
  }

  async function pictureVectors(): Promise<{ one: Float32Array; each: Float32Array }> {
    const one = new Float32Array(data.count * width);
    const each = new Float32Array(data.count * count * width);
    for (let start = 0; start < data.count; start += BATCH) {
      const indices = Array.from({ length: Math.min(BATCH, data.count - start) }, (_, i) => start + i);
      const found = await sessions.image.run({
        ...parameterFeeds(store, graphs.image),
        image_embeds: asFloats(features.read(indices)),
      });
      one.set(found.image_embed!.data as Float32Array, start * width);
      each.set(found.query_embeds!.data as Float32Array, start * count * width);
    }
    return { one, each };
  }

  return {
    async scores() {
      const [texts, others, { one, each }] = [
        await textVectors(first),
        await textVectors(second),
        await pictureVectors(),
      ];
      const vector = recalls(dotProducts(one, texts, width), right);
      const queries = recalls(largest(dotProducts(each, texts, width), count), right);
      return {
        'R@1': (vector.text[0]! + vector.picture[0]!) / 2,
        'text R@1': vector.text[0]!,
        'text R@5': vector.text[1]!,
        'picture R@1': vector.picture[0]!,
        'picture R@5': vector.picture[1]!,
        'queries text R@1': queries.text[0]!,
        'queries picture R@1': queries.picture[0]!,
        ...eventScores(dotProducts(texts, others, width), (i, j) => own[i]!.has(second[j]!)),
      };
    },
    async dispose() {
      await Promise.all([sessions.image.dispose(), sessions.text.dispose()]);
    },
  };
}

function recalls(similarities: Similarities, right: (picture: number, text: number) => boolean) {
  return {
    text: recallAt(similarities, right, [1, 5]),
    picture: recallAt(transposed(similarities), (text, picture) => right(picture, text), [1, 5]),
  };
}

/** The largest of each `count` rows. */
function largest({ rows, columns, values }: Similarities, count: number): Similarities {
  const top = new Float32Array((rows / count) * columns).fill(Number.NEGATIVE_INFINITY);
  values.forEach((value, i) => {
    const at = Math.floor(i / columns / count) * columns + (i % columns);
    if (value > top[at]!) top[at] = value;
  });
  return { rows: rows / count, columns, values: top };
}

/** Texts [i] against others [j] of the same pictures; pairs of different pictures that share a caption are left out. */
function eventScores(
  { columns, values }: Similarities,
  shared: (i: number, j: number) => boolean,
): Record<string, number> {
  const same: number[] = [];
  const different: number[] = [];
  values.forEach((value, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    if (i === j) same.push(value);
    else if (!shared(i, j)) different.push(value);
  });
  const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / Math.max(1, all.length);
  return {
    same: 100 * mean(same),
    different: 100 * mean(different),
    events: 100 * areaUnderCurve(Float32Array.from(same), Float32Array.from(different)),
  };
}
