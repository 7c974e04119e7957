// How well an embedder's texts and pictures find each other with the parameters as they are now: what its training watches.
import type * as ort from 'onnxruntime-node';
import { dotProducts, eventScores, recallAt, type Similarities, transposed } from '../evaluation/retrieval.js';
import type { Blip2Config } from '../inference/blip2/config.js';
import { retrievalImageGraph, retrievalMatchGraph, retrievalTextGraph } from '../inference/blip2/retrievalGraphs.js';
import { padded } from '../inference/embedding/embedder.js';
import { createSession } from '../onnx/session.js';
import { floats } from '../onnx/tensors.js';
import { asFloats, type Features } from './data/features.js';
import { parameterFeeds } from './gradientShard.js';
import { type ParameterStore, trainable } from './parameterStore.js';

export interface RetrievalEvaluator {
  /**
   * In percent, over all pictures and the first caption of each: R@1 and R@5 of finding the text of a picture and the picture of a
   * text, by a picture's one vector and by the best of its queries (`queries`), and `R@1`, the mean of both ways by the vector.
   * `same` and `different`: mean cosines of a picture's first two captions, and of captions of different pictures; `events`: how
   * often the former is larger (area under the curve, in percent). `match`: how often the matching head finds that a picture's own
   * text belongs to it rather than the most similar one that does not.
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
  const graphs = {
    image: retrievalImageGraph(parameters, config),
    text: retrievalTextGraph(parameters, config),
    match: retrievalMatchGraph(parameters, config),
  };
  const settings = { provider: 'cpu', threads: options.threads ?? 0 } as const;
  const sessions = {
    image: await createSession(graphs.image, settings),
    text: await createSession(graphs.text, settings),
    match: await createSession(graphs.match, settings),
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

  /** How much more the matching head takes each picture to go with a text than not. */
  async function matches(texts: readonly string[]): Promise<number[]> {
    const found: number[] = [];
    for (let start = 0; start < data.count; start += BATCH) {
      const indices = Array.from({ length: Math.min(BATCH, data.count - start) }, (_, i) => start + i);
      const feeds = withQueries(
        padded(
          indices.map((i) => options.encode(texts[i]!)),
          0,
        ),
        count,
      );
      const result = await sessions.match.run({
        ...parameterFeeds(store, graphs.match),
        ...feeds,
        image_embeds: asFloats(features.read(indices)),
      });
      const logits = result.itm_logits!.data as Float32Array;
      found.push(...indices.map((_, row) => logits[2 * row + 1]! - logits[2 * row]!));
    }
    return found;
  }

  /** The text that is most similar to each picture and not right for it. */
  function mostSimilarWrong({ columns, values }: Similarities): string[] {
    return first.map((own, picture) => {
      const row = values.subarray(picture * columns, (picture + 1) * columns);
      const best = row.reduce(
        (top, value, text) => (!right(picture, text) && (top < 0 || value > row[top]!) ? text : top),
        -1,
      );
      return best < 0 ? own : first[best]!;
    });
  }

  return {
    async scores() {
      const [texts, others, { one, each }] = [
        await textVectors(first),
        await textVectors(second),
        await pictureVectors(),
      ];
      const similarities = dotProducts(one, texts, width);
      const vector = recalls(similarities, right);
      const queries = recalls(largest(dotProducts(each, texts, width), count), right);
      const events = eventScores(dotProducts(texts, others, width), (i, j) => own[i]!.has(second[j]!));
      const [belonging, wrong] = [await matches(first), await matches(mostSimilarWrong(similarities))];
      return {
        'R@1': (vector.text[0]! + vector.picture[0]!) / 2,
        'text R@1': vector.text[0]!,
        'text R@5': vector.text[1]!,
        'picture R@1': vector.picture[0]!,
        'picture R@5': vector.picture[1]!,
        'queries text R@1': queries.text[0]!,
        'queries picture R@1': queries.picture[0]!,
        match: (100 * belonging.filter((value, i) => value > wrong[i]!).length) / data.count,
        same: 100 * events.same,
        different: 100 * events.different,
        events: 100 * events.area,
      };
    },
    async dispose() {
      await Promise.all(Object.values(sessions).map((session) => session.dispose()));
    },
  };
}

/** Feeds of texts with the bias widened by queries, which all places see: [B, 1, N+L, N+L]. */
function withQueries({ rows, places, feeds }: ReturnType<typeof padded>, count: number): Record<string, ort.Tensor> {
  const all = count + places;
  const given = feeds.attention_bias.data as Float32Array;
  // Every place of a text sees the same ones: the first row of its bias says which.
  const bias = Float32Array.from({ length: rows * all * all }, (_, i) =>
    i % all < count ? 0 : given[Math.floor(i / all / all) * places * places + (i % all) - count]!,
  );
  return { ...feeds, attention_bias: floats(bias, [rows, 1, all, all]) };
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
