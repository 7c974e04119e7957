// What a captioner of full size needs on this machine: `npm run build && node bench/fullSize.js MODEL_DIR [PICTURES] [QUANTIZE] [TOKENS]`.
// Seconds and peak memory to load it; then, one picture of samples/images at a time (3), greedily and with exactly TOKENS (30) new tokens, the median
// seconds of vision tower, Q-Former, prompt and each token, and of the whole picture from file to text. QUANTIZE: int8 or int4, where the
// directory's weights are whole (default: as they are stored). Two threads.
import { readdirSync, statSync } from 'node:fs';
import { cpus, freemem, loadavg } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import ort from 'onnxruntime-node';
import { openCaptioner } from '../dist/inference/captioner.js';
import { median } from './median.js';

const [modelDir, pictures = '3', quantize = '', tokens = '30'] = process.argv.slice(2);
if (modelDir === undefined) {
  process.stderr.write('usage: node bench/fullSize.js MODEL_DIR [PICTURES] [QUANTIZE] [TOKENS]\n');
  process.exit(2);
}
const PARTS = { pixel_values: 'vision', image_embeds: 'qformer', input_ids: 'language' };

/** Seconds of every run of a session, by the part of the model that it is. */
const seconds = { vision: [], qformer: [], prompt: [], token: [] };
const create = ort.InferenceSession.create.bind(ort.InferenceSession);
ort.InferenceSession.create = async (...args) => {
  const session = await create(...args);
  const part = PARTS[session.inputNames[0]];
  const run = session.run.bind(session);
  session.run = async (feeds, fetches) => {
    const started = performance.now();
    const results = await run(feeds, fetches);
    const kind = part !== 'language' ? part : feeds.input_ids.dims[1] > 1 ? 'prompt' : 'token';
    seconds[kind]?.push((performance.now() - started) / 1000);
    return results;
  };
  return session;
};

const gib = (bytes) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const peak = () => process.resourceUsage().maxRSS * 1024;
const onDisk = readdirSync(modelDir, { recursive: true })
  .map((name) => statSync(path.join(modelDir, name)))
  .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);
console.log(`${cpus()[0].model}, ${gib(freemem())} free, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`);
const begun = performance.now();
const captioner = await openCaptioner(modelDir, {
  device: 'cpu',
  threads: 2,
  ecma: false,
  quantize: quantize === '' ? undefined : quantize,
});
const { parameters, dtype } = captioner.info;
console.log(
  `${modelDir}: ${parameters.toLocaleString('en')} parameters, ${dtype}, ${gib(onDisk)} on disk; loaded in ${((performance.now() - begun) / 1000).toFixed(1)} s, peak ${gib(peak())}, then ${gib(process.memoryUsage.rss())}`,
);
const folder = new URL('../samples/images/', import.meta.url).pathname;
const whole = [];
const options = { minNewTokens: Number(tokens), maxNewTokens: Number(tokens) };
// The first picture finds nothing in memory: it does not count.
for (const [i, name] of readdirSync(folder)
  .slice(0, 1 + Number(pictures))
  .entries()) {
  if (i === 1) for (const times of Object.values(seconds)) times.length = 0;
  const started = performance.now();
  const [result] = await captioner.captionBatch([{ image: { path: path.join(folder, name) }, options }]);
  if (result instanceof Error) throw result;
  if (i > 0) whole.push((performance.now() - started) / 1000);
}
const shown = Object.entries(seconds).map(([kind, times]) => `${kind} ${median(times).toFixed(3)} s`);
console.log(`a picture: ${median(whole).toFixed(2)} s (${shown.join(', ')}); peak ${gib(peak())}`);
await captioner.dispose();
