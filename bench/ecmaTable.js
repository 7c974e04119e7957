// Tables of what bench/ecma.js left in a folder: `node bench/ecmaTable.js OUT [SPLIT] [greedy|beam5]`, as Markdown. Each figure is the
// mean over seeds; the difference to the group's reference is paired by seed and scene, with a 95 % interval over both (seeds and
// scenes drawn with replacement, 1,000 times).
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ciderScorer } from '../dist/evaluation/cider.js';
import { sceneData } from '../dist/training/data/captionData.js';
import { compareFacts } from '../dist/training/scenes/compareFacts.js';
import { randomOf } from '../dist/training/scenes/random.js';
import { readFacts } from '../dist/training/scenes/readFacts.js';
import { openSprites } from '../dist/training/scenes/sprites.js';

const [out, split = 'iid', decoding = 'greedy'] = process.argv.slice(2);
/** What the others of a group are compared with. */
const REFERENCE = { shift: 'frozen', start: 'qformer', converged: 'qformer' };
const RESAMPLES = 1000;

const runs = readdirSync(out)
  .filter((name) => /^(shift|start|converged)-.*\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(path.join(out, name), 'utf8')));
const sprites = await openSprites();
const known = new Map();

/** References and facts of a domain's test scenes: those that bench/ecma.js captioned. */
function scenesOf(domain, count) {
  const key = `${domain} ${count}`;
  if (!known.has(key)) {
    const data = sceneData(sprites, { seed: 1, split, domain, count, size: 96 });
    const references = new Map(Array.from({ length: count }, (_, i) => [String(i), [...data.references(i)]]));
    known.set(key, { data, cider: ciderScorer(references) });
  }
  return known.get(key);
}

/** CIDEr (x 100) and 100 for all facts right, by scene. */
function scores({ domain, captions }) {
  const said = captions[split][decoding];
  const { data, cider } = scenesOf(domain, said.length);
  const { images } = cider.score(new Map(said.map((caption, i) => [String(i), caption])));
  return {
    CIDEr: said.map((_, i) => 100 * images.get(String(i))),
    facts: said.map((caption, i) => (compareFacts(data.facts(i), readFacts(caption)).all ? 100 : 0)),
  };
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean difference by seed and scene, and its interval. */
function difference(rows, reference) {
  const pairs = rows.map((row, i) => row.map((value, k) => value - reference[i][k]));
  const random = randomOf('ecma table');
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const seeds = pairs.map(() => pairs[random.below(pairs.length)]);
    const places = pairs[0].map(() => random.below(pairs[0].length));
    return mean(seeds.map((row) => mean(places.map((place) => row[place]))));
  }).sort((a, b) => a - b);
  const at = (share) => drawn[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))].toFixed(1);
  return `${mean(pairs.map(mean)).toFixed(1)} [${at(0.025)}, ${at(0.975)}]`;
}

for (const [group, referenceName] of Object.entries(REFERENCE)) {
  const variants = new Map();
  for (const run of runs) {
    const match = new RegExp(`^${group}-(.+)-${run.seed}$`).exec(run.name);
    if (match === null) continue;
    variants.set(match[1], [...(variants.get(match[1]) ?? []), { ...run, ...scores(run) }]);
  }
  const reference = variants.get(referenceName);
  if (reference === undefined) continue;
  const bySeed = new Map(reference.map((run) => [run.seed, run]));
  const rows = [...variants].map(([name, all]) => {
    const paired = all.filter(({ seed }) => bySeed.has(seed));
    const of = (metric) =>
      difference(
        paired.map((run) => run[metric]),
        paired.map(({ seed }) => bySeed.get(seed)[metric]),
      );
    const average = (metric) => mean(all.map((run) => mean(run[metric]))).toFixed(1);
    const changes = name === referenceName ? ['', ''] : [of('CIDEr'), of('facts')];
    const cost = [all[0].parameters, mean(all.map(({ trainSeconds }) => trainSeconds)).toFixed(0)];
    return `| ${[name, all.length, average('CIDEr'), changes[0], average('facts'), changes[1], ...cost].join(' | ')} |`;
  });
  process.stdout.write(`\n${group}, ${split}, ${decoding}; differences to ${referenceName}\n\n`);
  process.stdout.write(
    '| variant | seeds | CIDEr | difference | all facts right | difference | parameters moved | s |\n',
  );
  process.stdout.write(`|---|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`);
}
