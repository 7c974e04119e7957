// Tables of what bench/ecma.js recorded: `node bench/ecmaTable.js [SPLIT] [greedy|beam5] [REFERENCE] [FACT]`, as Markdown, after npm run build. SPLIT may be calm: scenes
// of the domain that the bases of `shift` learned. Each figure is the mean over seeds; the difference to the reference (a variant, e.g. mlp) is
// paired by seed and scene, with a 95 % interval over both (seeds and scenes drawn with replacement, 1,000 times). `closed`: the share of
// the gap between the frozen base and the Q-Former trained alone, in all facts right. With a FACT (e.g. second) only scenes that have it count, and it alone.

import { readFileSync } from 'node:fs';
import { COMPARED } from '../dist/training/scenes/compareFacts.js';
import { randomOf } from '../dist/training/scenes/random.js';
import { RATES, readRecords } from './ecmaRecord.js';

const [split = 'iid', decoding = 'greedy', against, fact] = process.argv.slice(2);
/** What the others of a group are compared with, unless told otherwise. */
const REFERENCE = { shift: 'frozen', start: 'qformer', converged: 'frozen' };
/** All of the gap, and none of it. */
const WHOLE = 'qformer';
const FROZEN = 'frozen';
const RESAMPLES = 1000;

const rates = JSON.parse(readFileSync(RATES, 'utf8'));
const bit = fact === undefined ? undefined : 1 << COMPARED.indexOf(fact);
if (bit !== undefined && !COMPARED.includes(fact)) throw new Error(`FACT: one of ${COMPARED.join(', ')}`);

/** CIDEr (x 100) and 100 for what is right, by scene; of one fact only where it is asked in every run, so that pairs stay pairs. */
const runs = readRecords()
  .filter(({ scores }) => scores[`${split} ${decoding}`] !== undefined)
  .map(({ scores, ...run }) => {
    const { cider, asked, wrong } = scores[`${split} ${decoding}`];
    return { ...run, asked, CIDEr: cider, facts: wrong.map((each) => ((each & (bit ?? ~0)) === 0 ? 100 : 0)) };
  });
if (bit !== undefined) {
  const kept = runs[0].asked.map((_, i) => runs.every(({ asked }) => (asked[i] & bit) !== 0));
  for (const run of runs) for (const metric of ['CIDEr', 'facts']) run[metric] = run[metric].filter((_, i) => kept[i]);
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
  const variants = byVariant(runs.filter((run) => run.group === group));
  const reference = variants.get(referenceName);
  if (reference === undefined) continue;
  const bySeed = (name) => new Map((variants.get(name) ?? []).map((run) => [run.seed, run]));
  const [compared, frozen, whole] = [referenceName, FROZEN, WHOLE].map(bySeed);
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
    const paired = all.filter(({ seed }) => compared.has(seed));
    const of = (metric) =>
      difference(
        paired.map((run) => run[metric]),
        paired.map(({ seed }) => compared.get(seed)[metric]),
      );
    const average = (metric) => mean(all.map((run) => mean(run[metric]))).toFixed(1);
    const spread = all.map((run) => mean(run.facts).toFixed(1)).join(' ');
    const changes = name === referenceName || paired.length === 0 ? ['', ''] : [of('CIDEr'), of('facts')];
    const [{ parameters, steps }] = all;
    const cost = [parameters, steps, rates[name] === undefined ? '' : (1000 * rates[name]).toFixed(0)];
    return `| ${[name, all.length, average('CIDEr'), changes[0], average('facts'), spread, changes[1], closed(all), ...cost].join(' | ')} |`;
  });
  process.stdout.write(`\n${group}, ${split}, ${decoding}; differences to ${referenceName}\n\n`);
  process.stdout.write(
    '| variant | seeds | CIDEr | difference | facts right, % | by seed | difference | closed, % | parameters moved | steps | ms a step |\n',
  );
  process.stdout.write(`|---|---|---|---|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`);
}

function byVariant(some) {
  const groups = new Map();
  for (const run of some) groups.set(run.variant, [...(groups.get(run.variant) ?? []), run]);
  return groups;
}
