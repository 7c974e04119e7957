// Captions pictures with Hotlens as bench/captionSpeed.js asks; the counterpart of bench/peers/captionSpeed.py.
import { createInterface } from 'node:readline';
import { openCaptioner } from '../../dist/inference/captioner.js';
import { versionOf } from './versionOf.js';

const [modelDir, quantize, threads] = process.argv.slice(2);
const captioner = await openCaptioner(modelDir, {
  device: 'cpu',
  ecma: false,
  threads: Number(threads),
  quantize: quantize === 'float32' ? undefined : quantize,
});
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ ready: { 'onnxruntime-node': versionOf('onnxruntime-node') } });
for await (const line of createInterface({ input: process.stdin })) {
  const { files, batch, beams, tokens } = JSON.parse(line);
  const ids = [];
  const seconds = [];
  for (let at = 0; at < files.length; at += batch) {
    const start = performance.now();
    const options = { numBeams: beams, minNewTokens: tokens, maxNewTokens: tokens };
    const requests = files.slice(at, at + batch).map((path) => ({ image: { path }, options }));
    const results = await captioner.captionBatch(requests);
    seconds.push((performance.now() - start) / 1000);
    for (const result of results) {
      if (result instanceof Error) throw result;
      ids.push(result.tokenIds);
    }
  }
  say({ ids, seconds, peakMb: process.resourceUsage().maxRSS / 1024 });
}
