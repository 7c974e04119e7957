// Two sets of captions of the same drawn scenes, one by one: `node bench/compareCaptions.js A.json B.json`, as `hotlens eval model --out` writes them.
// How many are the same word for word, and of the others how many are as right as before, became right, or became wrong.
import { readFileSync } from 'node:fs';

const [first, second] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
if (second === undefined) {
  process.stderr.write('usage: node bench/compareCaptions.js A.json B.json\n');
  process.exit(2);
}
const others = new Map(second.map((each) => [each.image_id, each]));
const counts = { same: 0, 'other words, as right': 0, 'now right': 0, 'now wrong': 0 };
for (const before of first) {
  const after = others.get(before.image_id);
  if (after === undefined) throw new Error(`the second file has no ${before.image_id}`);
  const [was, is] = [before, after].map(({ facts }) => facts['all facts']);
  const kind =
    before.caption === after.caption ? 'same' : was === is ? 'other words, as right' : is ? 'now right' : 'now wrong';
  counts[kind] += 1;
}
console.log(
  `${first.length} captions: ${Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')}`,
);
