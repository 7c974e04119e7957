// Captions per second through the process that runs inference and its batching DataLoader, pictures from memory:
// `npm run build && node bench/captions.js [PICTURES] [MODEL_DIR]`. Batch sizes are compared in one run, as ratios to
// batches of one; what the machine does meanwhile shifts all of them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig } from '../dist/config.js';
import { startInference } from '../dist/inference/inferenceClient.js';

const total = Number(process.argv[2] ?? 400);
const { inference: config } = readConfig();
const modelDir = process.argv[3] ?? config.modelDir;
const folder = new URL('../samples/images/', import.meta.url).pathname;
const pictures = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)));

/** Seconds for `total` captions asked for at once. Prompts differ, so that none is computed for two. */
async function seconds(inference, round) {
  const start = performance.now();
  const requests = Array.from({ length: total }, (_, i) =>
    inference.caption({
      image: { bytes: pictures[i % pictures.length] },
      options: { prompt: `${round} ${Math.floor(i / pictures.length)}`, maxNewTokens: 30, minNewTokens: 30 },
    }),
  );
  await Promise.all(requests);
  return (performance.now() - start) / 1000;
}

let single;
for (const batchSize of [1, 4, 8, 16, 32]) {
  const inference = await startInference({
    ...config,
    modelDir,
    device: 'cpu',
    batchSize,
    maxPixels: 50_000_000,
    decodeMs: 60_000,
  });
  await seconds(inference, 'warm-up');
  const rate = total / (await seconds(inference, 'counted'));
  await inference.close();
  single ??= rate;
  process.stdout.write(
    `batches of ${batchSize}: ${rate.toFixed(1)} captions/s, ${(rate / single).toFixed(2)} times those of batches of one\n`,
  );
}
