// Milliseconds of a training step of the shipped model's shapes, here and in PyTorch, in turns in one run:
// `npm run build && HOTLENS_PEER_PYTHON=/path/to/python node bench/training.js [ROUNDS] [STAGE]` (torch 2.13.0, transformers 5.18.0).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { ADAMW, adamwState } from '../dist/training/adamw.js';
import { median } from './median.js';
import { PEER, runPeer } from './peer.js';
import { STAGES, THREADS } from './training/stages.js';

const [, , roundsText = '3', wanted = ''] = process.argv;
const rounds = Number(roundsText);
const STEPS = 10;

async function ours(name, shards, shares) {
  const { feeds, step } = await STAGES[name].build({ ...STAGES[name], shards, shares });
  const state = adamwState(step.parameters);
  const skip = new Set(step.unused);
  const times = [];
  for (let i = 1; i <= STEPS + 3; i += 1) {
    const started = performance.now();
    await step.run(...Array(shares).fill(feeds));
    await step.update(state, ADAMW, { step: i, scale: 1, skip });
    if (i > 3) times.push(performance.now() - started);
  }
  await step.dispose();
  return times;
}

function theirs(name) {
  const { peer, config, batch, length, rows } = STAGES[name];
  const file = path.join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return runPeer('training.py', [file, peer, batch, length, rows, STEPS]).ms;
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'hotlens-bench-'));
for (const name of Object.keys(STAGES).filter((each) => each.startsWith(wanted))) {
  const { batch, whole } = STAGES[name];
  const ways = {
    [`one session of ${THREADS} threads`]: [1, 1],
    ...(whole
      ? {}
      : {
          '2 sessions of one thread': [2, 2],
          ...Object.fromEntries([16, 8].map((share) => [`the same, in shares of ${share}`, [2, batch / share]])),
        }),
  };
  const all = { ...Object.fromEntries(Object.keys(ways).map((way) => [way, []])), PyTorch: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [way, [shards, shares]] of Object.entries(ways)) all[way].push(...(await ours(name, shards, shares)));
    if (PEER) all.PyTorch.push(...theirs(name));
  }
  const peer = all.PyTorch.length > 0 ? median(all.PyTorch) : undefined;
  for (const [way, times] of Object.entries(all)) {
    if (times.length === 0) continue;
    const ratio =
      peer === undefined || way === 'PyTorch' ? '' : `, ${(peer / median(times)).toFixed(2)} times PyTorch's speed`;
    process.stdout.write(
      `${name}, ${way}: ${median(times).toFixed(0)} ms a step (least ${Math.min(...times).toFixed(0)})${ratio}\n`,
    );
  }
}
rmSync(folder, { recursive: true });
