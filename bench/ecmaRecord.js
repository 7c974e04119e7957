// The record of the ECMA study: a line for every finished run, kept with the sources, so that nothing has to be trained twice.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ciderScorer } from '../dist/evaluation/cider.js';
import { COMPARED, compareFacts } from '../dist/training/scenes/compareFacts.js';
import { readFacts } from '../dist/training/scenes/readFacts.js';

const RECORD = path.join(import.meta.dirname, 'ecmaRecord.ndjson');
/** Seconds a step, by variant. */
export const RATES = path.join(import.meta.dirname, 'ecmaRates.json');

/** Runs as bench/ecma.js left them; `scores` by "split decoding". */
export function readRecords() {
  if (!existsSync(RECORD)) return [];
  return readFileSync(RECORD, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map((run) => ({
      ...run,
      scores: Object.fromEntries(Object.entries(run.scores).map(([name, packed]) => [name, unpack(packed)])),
    }));
}

/** Adds a run; one write of less than what the system splits, so that processes can append side by side. */
export function addRecord({ scores, ...run }) {
  const packed = Object.fromEntries(Object.entries(scores).map(([name, each]) => [name, pack(each)]));
  appendFileSync(RECORD, `${JSON.stringify({ ...run, scores: packed })}\n`);
}

const scorers = new WeakMap();

/**
 * How captions of the first pictures of `data` (drawn scenes) score, by picture: `cider` (x 100, to a tenth), and sets of facts as bits in the order of
 * COMPARED: `asked` (there is something to say, or something was said) and `wrong`.
 */
export function scoresOf(data, captions) {
  if (!scorers.has(data)) {
    const references = Array.from({ length: data.count }, (_, i) => [String(i), [...data.references(i)]]);
    scorers.set(data, ciderScorer(new Map(references)));
  }
  const { images } = scorers.get(data).score(new Map(captions.map((caption, i) => [String(i), caption])));
  const compared = captions.map((caption, i) => compareFacts(data.facts(i), readFacts(caption)));
  const bits = (chosen) =>
    compared.map((each) => COMPARED.reduce((sum, fact, bit) => sum + (chosen(each[fact]) ? 1 << bit : 0), 0));
  return {
    cider: captions.map((_, i) => Math.round(1000 * images.get(String(i))) / 10),
    asked: bits((right) => right !== undefined),
    wrong: bits((right) => right === false),
  };
}

function pack({ cider, asked, wrong }) {
  const numbers = Uint16Array.from([...cider.map((value) => Math.round(10 * value)), ...asked, ...wrong]);
  return deflateRawSync(numbers, { level: 9 }).toString('base64');
}

function unpack(packed) {
  const bytes = inflateRawSync(Buffer.from(packed, 'base64'));
  const numbers = [...new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)];
  const count = numbers.length / 3;
  return {
    cider: numbers.slice(0, count).map((value) => value / 10),
    asked: numbers.slice(count, 2 * count),
    wrong: numbers.slice(2 * count),
  };
}
