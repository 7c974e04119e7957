// Opinions by a text classifier: a Hugging Face directory of the BERT family, on the same graphs as everything else.
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { classOf, type Opinion } from '../../analytics/opinion/opinion.js';
import { AppError } from '../../errors.js';
import { chooseRuntime } from '../../onnx/runtime.js';
import { createSession, type Device } from '../../onnx/session.js';
import { openWeights, readJson } from '../checkpoint/weights.js';
import { parseBertConfig } from '../embedding/bertConfig.js';
import { relativeBucket } from '../embedding/bertEncoder.js';
import { padded } from '../embedding/embedder.js';
import { loadTokenizer } from '../tokenizer.js';
import { classifierGraph } from './classifierGraph.js';
import { sentimentLabels } from './sentimentLabels.js';

export interface Classifier {
  /** Logits, a row a text, in order. */
  logitsOf(texts: readonly string[]): Promise<Float32Array[]>;
  /** What is to be expected of the labels' numbers; of an empty text: unknown. */
  opinionsOf(texts: readonly string[]): Promise<Opinion[]>;
  dispose(): Promise<void>;
}

const BATCH = 32;

/** Opens a model directory. Throws AppError BAD_MODEL saying what is missing or unsupported. */
export async function openClassifier(
  directory: string,
  options: { readonly device?: Device; readonly threads?: number } = {},
): Promise<Classifier> {
  const file = path.join(directory, 'config.json');
  const json = await readJson(file);
  const encoder = parseBertConfig(json, file);
  if (!encoder.architecture.endsWith('ForSequenceClassification'))
    throw new AppError(
      'BAD_MODEL',
      `${file}: expected a model for sequence classification, not ${encoder.architecture}`,
    );
  const values = sentimentLabels(json, file);
  const weights = await openWeights(directory);
  const tokenizer = await loadTokenizer(directory);
  const runtime = await chooseRuntime(options);
  const session = await createSession(classifierGraph(weights, { encoder, labels: values.length }), runtime);
  const maxTokens = encoder.positions - encoder.firstPosition;

  async function logitsOfBatch(texts: readonly string[]): Promise<Float32Array[]> {
    const { feeds, places } = padded(
      texts.map((text) => tokenizer.encode(text, { maxTokens })),
      encoder.firstPosition,
    );
    const buckets =
      encoder.relativeBuckets > 0
        ? BigInt64Array.from({ length: places * places }, (_, i) =>
            BigInt(relativeBucket((i % places) - Math.floor(i / places), encoder.relativeBuckets)),
          )
        : null;
    const { logits } = await session.run({
      ...feeds,
      ...(buckets === null ? {} : { buckets: new ort.Tensor('int64', buckets, [places, places]) }),
    });
    const data = logits!.data as Float32Array;
    return texts.map((_, row) => data.slice(row * values.length, (row + 1) * values.length));
  }

  const self: Classifier = {
    async logitsOf(texts) {
      const rows: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += BATCH)
        rows.push(...(await logitsOfBatch(texts.slice(from, from + BATCH))));
      return rows;
    },
    async opinionsOf(texts) {
      const rows = await self.logitsOf(texts);
      return rows.map((logits, i) => (texts[i]!.trim() === '' ? { score: null, class: 'unknown' } : opinion(logits)));
    },
    dispose: () => session.dispose(),
  };
  return self;

  function opinion(logits: Float32Array): Opinion {
    const most = Math.max(...logits);
    const likely = Array.from(logits, (logit) => Math.exp(logit - most));
    const all = likely.reduce((a, b) => a + b, 0);
    const score = likely.reduce((sum, one, i) => sum + (one / all) * values[i]!, 0);
    // The class is the likeliest label's, as the model was trained to say it.
    return { score, class: classOf(values[likely.indexOf(Math.max(...likely))]!) };
  }
}
