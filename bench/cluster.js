// HDBSCAN here and in scikit-learn on the same matrices, in turns: `npm run build && HOTLENS_PEER_PYTHON=/path/to/python node bench/cluster.js [ROUNDS]`
// (scikit-learn 1.9.1 as it comes, and told to compare all pairs with two jobs, which needs n x n numbers). Without a Python only Hotlens is timed. The last matrix is Hotlens's alone, with its peak memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { hdbscan } from '../dist/analytics/hdbscan/hdbscan.js';
import { openNpyWriter } from '../dist/npy.js';
import { normals } from '../dist/training/random.js';
import { randomOf } from '../dist/training/scenes/random.js';
import { median } from './median.js';
import { PEER, runPeer } from './peer.js';

const rounds = Number(process.argv[2] ?? 3);
const MIN_CLUSTER_SIZE = 10;
const PEERS = [
  { name: 'as it comes', settings: ['auto', 1] },
  { name: 'by all pairs, two jobs', settings: ['brute', 2] },
];
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-cluster-'));

/** Forty clouds that overlap little, and a fifth of noise. */
function clouds(rows, columns) {
  const normal = normals('clouds', rows, columns);
  const random = randomOf('clouds', rows, columns);
  const centres = Float64Array.from({ length: 40 * columns }, () => 4 * normal());
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const centre = random.chance(0.2) ? -1 : random.below(40);
    for (let column = 0; column < columns; column += 1)
      values[row * columns + column] =
        centre < 0 ? random.between(-10, 10) : centres[centre * columns + column] + normal();
  }
  return { rows, columns, values };
}

/** How many pairs of points both put together, or both apart, beyond chance (adjusted Rand index); noise is a group of its own. */
function agreement(a, b) {
  const pairs = (counts) => [...counts.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const count = (keys) => {
    const counts = new Map();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
  };
  const together = pairs(count([...a].map((label, i) => `${label} ${b[i]}`)));
  const [own, other, all] = [pairs(count(a)), pairs(count(b)), (a.length * (a.length - 1)) / 2];
  const chance = (own * other) / all;
  return (together - chance) / ((own + other) / 2 - chance);
}

for (const [rows, columns] of [
  [20_000, 10],
  [10_000, 256],
]) {
  const matrix = clouds(rows, columns);
  const file = path.join(folder, 'points.npy');
  const writer = await openNpyWriter(file, columns);
  for (let row = 0; row < rows; row += 1)
    await writer.write(matrix.values.subarray(row * columns, (row + 1) * columns));
  await writer.close();
  const times = [];
  const peers = PEERS.map(() => []);
  let labels;
  let agreed;
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    ({ labels } = await hdbscan(matrix, { minClusterSize: MIN_CLUSTER_SIZE }));
    times.push((performance.now() - started) / 1000);
    if (!PEER) continue;
    for (const [i, { settings }] of PEERS.entries()) {
      const peer = runPeer('cluster.py', [file, MIN_CLUSTER_SIZE, ...settings]);
      peers[i].push(peer.seconds);
      agreed = agreement(labels, peer.labels);
    }
  }
  const beside = PEER
    ? PEERS.map(
        ({ name }, i) =>
          `, scikit-learn ${name} ${median(peers[i]).toFixed(2)} s: ${(median(peers[i]) / median(times)).toFixed(1)} times its speed`,
      )
    : [];
  if (PEER) beside.push(`; labels agree by ${agreed.toFixed(4)} (adjusted Rand index)`);
  process.stdout.write(`${rows} x ${columns}: ${median(times).toFixed(2)} s${beside.join('')}\n`);
}
rmSync(folder, { recursive: true });

const large = clouds(50_000, 256);
const started = performance.now();
await hdbscan(large, { minClusterSize: MIN_CLUSTER_SIZE });
const seconds = (performance.now() - started) / 1000;
process.stdout.write(
  `50000 x 256: ${seconds.toFixed(1)} s, peak memory of the process ${(process.resourceUsage().maxRSS / 2 ** 20).toFixed(2)} GiB\n`,
);
