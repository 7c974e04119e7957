// Seconds for 5,000 captions with 5 references each: `npm run build && node bench/eval.js [IMAGES]`. With PYCOCOEVALCAP_PYTHON, a Python that has
// pycocoevalcap 1.2, the same there, and the largest difference of any score; METEOR is then the full one, by the data of that package.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { confidenceIntervals, pairedDifferences } from '../dist/evaluation/bootstrap.js';
import { readReferences, readResults } from '../dist/evaluation/cocoCaptions.js';
import { randomIntegers } from '../dist/evaluation/random.js';
import { scoreCaptions } from '../dist/evaluation/scoreCaptions.js';

const count = Number(process.argv[2] ?? 5000);
const python = process.env.PYCOCOEVALCAP_PYTHON;
const random = randomIntegers(1);
const pick = (list) => list[random(list.length)];

const WHO = [
  'a man',
  'a woman',
  'two people',
  'a young boy',
  'a group of people',
  'an old lady',
  'a dog',
  'several protesters',
  'a crowd',
  'The child',
  'A firefighter',
  'some kids',
  'a police officer',
  "the woman's friend",
];
const DOES = [
  'riding',
  'standing next to',
  'looking at',
  'holding',
  'walks past',
  'carries',
  'is sitting on',
  'taking a picture of',
  'jumps over',
  'cleaning up',
  'waving',
  'runs from',
];
const WHAT = [
  'a red bicycle',
  'the fire truck',
  'a wooden bench',
  'an umbrella',
  'a flooded street',
  'a sign that says "NO"',
  'their phones',
  'a big-screen TV',
  'sandbags',
  'a burning car',
  'a horse',
  'some flags',
];
const WHERE = [
  '',
  'in the street',
  'on a sunny day',
  'near the river',
  'in front of a building',
  'at 5:30 p.m.',
  'in the U.S.',
  'at night, under heavy rain',
  'during a concert',
  'at the station',
  'with trees behind it',
];

/** A scene: what the captions of one picture vary on. */
function scene() {
  return [WHO, DOES, WHAT, WHERE].map(pick);
}

function caption(parts) {
  const words = parts.map((part, i) => (random(4) === 0 ? pick([WHO, DOES, WHAT, WHERE][i]) : part)).filter(Boolean);
  return words.join(' ') + pick(['', '', '.', ' .', '!']);
}

const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-eval-'));
const files = {
  references: path.join(folder, 'references.json'),
  results: path.join(folder, 'results.json'),
  other: path.join(folder, 'other.json'),
};
const scenes = Array.from({ length: count }, scene);
const references = scenes.flatMap((parts, image_id) =>
  Array.from({ length: 5 }, () => ({ image_id, caption: caption(parts) })),
);
writeFileSync(files.references, JSON.stringify({ annotations: references }));
for (const file of [files.results, files.other]) {
  writeFileSync(file, JSON.stringify(scenes.map((parts, image_id) => ({ image_id, caption: caption(parts) }))));
}

/** Runs and says how long it took. */
function timed(what, work) {
  const start = performance.now();
  const result = work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(2)} s\n`);
  return result;
}

const given = readReferences(files.references);
const scores = timed(`all metrics, ${count} images`, () => scoreCaptions(given, readResults(files.results)));
timed('intervals, 1,000 resamples', () => confidenceIntervals(scores.statistics));
const other = scoreCaptions(given, readResults(files.other));
timed('paired test, 1,000 resamples', () => pairedDifferences(other.statistics, scores.statistics));

if (python) {
  const where = spawnSync(python, ['-c', 'import pycocoevalcap.meteor.meteor as m; print(m.__file__)'], {
    encoding: 'utf8',
  });
  const meteorData = path.dirname(where.stdout.trim());
  const full = timed("all metrics with METEOR's data", () =>
    scoreCaptions(given, readResults(files.results), { meteorData }),
  );
  const start = performance.now();
  const script = new URL('./peers/scoreCaptions.py', import.meta.url).pathname;
  const peer = JSON.parse(
    spawnSync(python, [script, files.references, files.results], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout,
  );
  process.stdout.write(
    `pycocoevalcap: ${((performance.now() - start) / 1000).toFixed(2)} s (${Object.entries(peer.seconds)
      .map(([part, s]) => `${part} ${s.toFixed(2)}`)
      .join(', ')})\n`,
  );
  let worst = 0;
  for (const [metric, score] of Object.entries(peer.corpus)) {
    worst = Math.max(worst, Math.abs(full.corpus[metric] - score));
    for (const [image, each] of full.images)
      worst = Math.max(worst, Math.abs(each[metric] - peer.images[image][metric]));
  }
  process.stdout.write(
    `largest difference of ${Object.keys(peer.corpus).length * (count + 1)} scores: ${worst.toExponential(1)}\n`,
  );
}
rmSync(folder, { recursive: true, force: true });
