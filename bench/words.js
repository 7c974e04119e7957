// What the events of a stream are called: node bench/words.js STREAM_DIR   (posts.ndjson and truth.json; after npm run build)
// Prints title and keywords of each event's first 60 posts, how many of the content words of its description they have, and the time it takes.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { backgroundOf, keywordsOf } from '../dist/analytics/words/keywords.js';
import { phrasesOf } from '../dist/analytics/words/phrases.js';
import { titleOf } from '../dist/analytics/words/title.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/words.js STREAM_DIR');
const posts = readFileSync(path.join(folder, 'posts.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { events, traps } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8'));
const planted = new Set([...events, ...traps].flatMap((event) => event.posts));
const spoken = ({ caption, text, author, imageKey, id }) => ({
  caption: caption ?? '',
  text: text ?? '',
  author,
  piece: imageKey ?? id,
});
const background = backgroundOf(
  posts
    .filter(({ id }) => !planted.has(id))
    .slice(-1500)
    .map(spoken),
);
const byId = new Map(posts.map((post) => [post.id, spoken(post)]));
const stem = (word) => word.replace(/(?:ing|ers?|ed|es|s)$/u, '');
const words = (text) => new Set(phrasesOf(text).flatMap((phrase) => phrase.words.map(stem)));

let [inTitle, inEither, all] = [0, 0, 0];
const titles = new Set();
const started = performance.now();
for (const { id, description, posts: ids } of events) {
  const members = ids.slice(0, 60).map((post) => byId.get(post));
  const keywords = keywordsOf(members, background, { count: 8 });
  const title = titleOf(members, keywords, null);
  titles.add(title);
  const wanted = words(description);
  const said = words(title);
  const either = new Set([...said, ...keywords.flatMap((keyword) => keyword.words.map(stem))]);
  all += wanted.size;
  inTitle += [...wanted].filter((word) => said.has(word)).length;
  inEither += [...wanted].filter((word) => either.has(word)).length;
  console.log(`| ${id} | ${description} | ${title} | ${keywords.map(({ text }) => text).join(', ')} |`);
}
console.log(
  `content words of the descriptions: ${((100 * inTitle) / all).toFixed(0)} % in the titles, ${((100 * inEither) / all).toFixed(0)} % in titles or keywords; ${titles.size} different titles of ${events.length}`,
);
console.log(`${((performance.now() - started) / events.length).toFixed(1)} ms an event`);
