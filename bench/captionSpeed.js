// How fast pictures become captions, from file to text, beside Python transformers on the same weights:
// `npm run build && [HOTLENS_PEER_PYTHON=PYTHON] node bench/captionSpeed.js MODEL_DIR [PICTURES] [ROUNDS] [KINDS]`.
//
// KINDS (all by default, separated by commas): float32, int8, int4 of Hotlens, torch-float32 and torch-bfloat16 of transformers. Each is a process of its
// own with two threads; they take turns, so that what the machine does meanwhile shifts all of them. PICTURES (8) of samples/images, batches of 1 and
// 8, greedy and five beams, exactly 30 new tokens, without an adapter; the first round is thrown away.
// Tells pictures a second (median of the rounds), p50 and p95 of the seconds of a batch, and peak memory; and whether the ids of float32 are those of
// transformers in float32.
import { existsSync, readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { openPeer } from './captionSpeed/peerProcess.js';
import { median } from './median.js';

const ALL = ['float32', 'int8', 'int4', 'torch-float32', 'torch-bfloat16'];
const [modelDir, pictures = '8', rounds = '3', asked = ALL.join(',')] = process.argv.slice(2);
const THREADS = 2;
const TOKENS = 30;
const python = process.env.HOTLENS_PEER_PYTHON;
const folder = new URL('../samples/images/', import.meta.url).pathname;
const here = (name) => new URL(name, import.meta.url).pathname;
if (!existsSync(path.join(modelDir ?? '', 'config.json')))
  throw new Error('usage: node bench/captionSpeed.js MODEL_DIR [PICTURES] [ROUNDS] [KINDS]');
const files = readdirSync(folder)
  .slice(0, Number(pictures))
  .map((name) => path.join(folder, name));
const kinds = asked.split(',').filter((kind) => python || !kind.startsWith('torch-'));
const peers = new Map();
for (const kind of kinds) {
  const dtype = kind.replace('torch-', '');
  const args = [modelDir, dtype, THREADS];
  const peer = kind.startsWith('torch-')
    ? await openPeer(python, [here('peers/captionSpeed.py'), ...args])
    : await openPeer(process.execPath, [here('captionSpeed/hotlensPeer.js'), ...args]);
  peers.set(kind, peer);
}
const versions = Object.assign({}, ...[...peers.values()].map((peer) => peer.versions));
console.log(
  `${modelDir}, ${files.length} pictures, ${rounds} rounds; ${JSON.stringify(versions)}; ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}\n`,
);
console.log(
  `| batch, beams | ${kinds.map((kind) => `${kind}, pictures/s (p50, p95 s a batch)`).join(' | ')} |\n|---|${kinds.map(() => '---').join('|')}|`,
);
const alike = [];
for (const batch of [1, 8])
  for (const beams of [1, 5]) {
    const seen = new Map(kinds.map((kind) => [kind, { rates: [], seconds: [] }]));
    const ids = new Map();
    for (let round = 0; round <= Number(rounds); round += 1)
      for (const kind of kinds) {
        const answer = await peers.get(kind).ask({ files, batch, beams, tokens: TOKENS });
        ids.set(kind, answer.ids);
        if (round === 0) continue;
        const { rates, seconds } = seen.get(kind);
        rates.push(files.length / answer.seconds.reduce((a, b) => a + b, 0));
        seconds.push(...answer.seconds);
      }
    const cells = kinds.map((kind) => {
      const { rates, seconds } = seen.get(kind);
      return `${median(rates).toFixed(2)} (${quantile(seconds, 0.5)}, ${quantile(seconds, 0.95)})`;
    });
    console.log(`| ${batch}, ${beams} | ${cells.join(' | ')} |`);
    for (const [one, other] of [
      ['float32', 'torch-float32'],
      ['float32', 'int8'],
      ['float32', 'int4'],
    ])
      if (ids.has(one) && ids.has(other))
        alike.push(`${batch}, ${beams}: ${one} and ${other} ${same(ids.get(one), ids.get(other))} of ${files.length}`);
  }
const peaks = [];
for (const [kind, peer] of peers) {
  const { peakMb } = await peer.ask({ files: [], batch: 1, beams: 1, tokens: TOKENS });
  peaks.push(`${kind} ${Math.round(peakMb)} MB`);
  await peer.close();
}
console.log(`\npeak memory: ${peaks.join(', ')}\nthe same ids (batch, beams): ${alike.join('; ')}`);

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)].toFixed(2);
}

/** Captions that are the same; ends that one of them leaves out (padding, the last token) do not count. */
function same(one, other) {
  return one.filter((row, i) => {
    const count = Math.min(row.length, other[i].length);
    return count >= TOKENS - 1 && row.slice(0, count).join() === other[i].slice(0, count).join();
  }).length;
}
