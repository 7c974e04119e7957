// Tables of what bench/ecma.js left in a folder: `node bench/ecmaTable.js OUT [SPLIT] [greedy|beam5] [REFERENCE]`, as Markdown; SPLIT may be calm: scenes
// of the domain that the bases of `shift` learned. Each figure is the mean over seeds; the difference to the reference (a variant, e.g. mlp) is
// paired by seed and scene, with a 95 % interval over both (seeds and scenes drawn with replacement, 1,000 times). `closed`: the share of
// the gap between the frozen base and the Q-Former trained alone, in all facts right.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ciderScorer } from '../dist/evaluation/cider.js';
import { sceneData } from '../dist/training/data/captionData.js';
import { compareFacts } from '../dist/training/scenes/compareFacts.js';
import { randomOf } from '../dist/training/scenes/random.js';
import { readFacts } from '../dist/training/scenes/readFacts.js';
import { openSprites } from '../dist/training/scenes/sprites.js';

const [out, split = 'iid', decoding = 'greedy', against] = process.argv.slice(2);
/** What the others of a group are compared with, unless told otherwise. */
const REFERENCE = { shift: 'frozen', start: 'qformer', converged: 'frozen' };
/** All of the gap. */
const WHOLE = 'qformer';
/** None of it. */
const FROZEN = 'frozen';
const RESAMPLES = 1000;

const runs = readdirSync(out)
  .filter((name) => /^(shift|start|converged)-.*\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(path.join(out, name), 'utf8')))
  .filter(({ captions }) => captions[split]?.[decoding] !== undefined);
const rates = JSON.parse(readFileSync(path.join(out, 'rates.json'), 'utf8'));
const sprites = await openSprites();
const known = new Map();

/** References and facts of a domain's test scenes: those that bench/ecma.js captioned. */
function scenesOf(domain, count) {
  const key = `${domain} ${count}`;
  if (!known.has(key)) {
    const of = split === 'calm' ? { split: 'iid', domain: 'calm' } : { split, domain };
    const data = sceneData(sprites, { seed: 1, ...of, count, size: 96 });
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

/** A figure of rows [seed][scene], several of them together, and its interval over seeds and scenes drawn anew. */
function withInterval(figure, ...matrices) {
  const [first] = matrices;
  const random = randomOf('ecma table');
  const drawn = Array.from({ length: RESAMPLES }, () => {
    const seeds = first.map(() => random.below(first.length));
    const places = first[0].map(() => random.below(first[0].length));
    return figure(...matrices.map((rows) => mean(seeds.map((seed) => mean(places.map((place) => rows[seed][place]))))));
  }).sort((a, b) => a - b);
  const at = (share) => drawn[Math.min(RESAMPLES - 1, Math.floor(share * RESAMPLES))].toFixed(1);
  return `${figure(...matrices.map((rows) => mean(rows.map(mean)))).toFixed(1)} [${at(0.025)}, ${at(0.975)}]`;
}

const difference = (rows, reference) => withInterval((a, b) => a - b, rows, reference);

for (const [group, usual] of Object.entries(REFERENCE)) {
  const referenceName = against ?? usual;
  const variants = new Map();
  for (const run of runs) {
    const match = new RegExp(`^${group}-(.+)-${run.seed}$`).exec(run.name);
    if (match === null) continue;
    variants.set(match[1], [...(variants.get(match[1]) ?? []), { ...run, ...scores(run) }]);
  }
  const reference = variants.get(referenceName);
  if (reference === undefined) continue;
  const bySeed = new Map(reference.map((run) => [run.seed, run]));
  const frozen = new Map((variants.get(FROZEN) ?? []).map((run) => [run.seed, run]));
  const whole = new Map((variants.get(WHOLE) ?? []).map((run) => [run.seed, run]));
  const closed = (some) => {
    const known = group === 'shift' ? some.filter(({ seed }) => whole.has(seed) && frozen.has(seed)) : [];
    if (known.length === 0) return '';
    return withInterval(
      (own, none, all) => (100 * (own - none)) / (all - none),
      known.map(({ facts }) => facts),
      known.map(({ seed }) => frozen.get(seed).facts),
      known.map(({ seed }) => whole.get(seed).facts),
    );
  };
  const rows = [...variants].map(([name, all]) => {
    const paired = all.filter(({ seed }) => bySeed.has(seed));
    const of = (metric) =>
      difference(
        paired.map((run) => run[metric]),
        paired.map(({ seed }) => bySeed.get(seed)[metric]),
      );
    const average = (metric) => mean(all.map((run) => mean(run[metric]))).toFixed(1);
    const changes = name === referenceName ? ['', '', ''] : [of('CIDEr'), of('facts'), closed(paired)];
    const [{ parameters, steps }] = all;
    const cost = [parameters, steps, rates[name] === undefined ? '' : (1000 * rates[name]).toFixed(0)];
    return `| ${[name, all.length, average('CIDEr'), changes[0], average('facts'), changes[1], changes[2], ...cost].join(' | ')} |`;
  });
  process.stdout.write(`\n${group}, ${split}, ${decoding}; differences to ${referenceName}\n\n`);
  process.stdout.write(
    '| variant | seeds | CIDEr | difference | all facts right, % | difference | closed, % | parameters moved | steps | ms a step |\n',
  );
  process.stdout.write(`|---|---|---|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`);
}
