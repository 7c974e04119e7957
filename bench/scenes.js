// Scenes per second on one thread, and what is in them: `npm run build && node bench/scenes.js [SCENES]`.
import { performance } from 'node:perf_hooks';
import { vocabulary } from '../dist/training/scenes/caption.js';
import { CLASSES } from '../dist/training/scenes/classes.js';
import { compareFacts } from '../dist/training/scenes/compareFacts.js';
import { drawScene } from '../dist/training/scenes/drawScene.js';
import { isComplex } from '../dist/training/scenes/facts.js';
import { readFacts } from '../dist/training/scenes/readFacts.js';
import { sceneOf } from '../dist/training/scenes/scene.js';
import { openSprites } from '../dist/training/scenes/sprites.js';

const count = Number(process.argv[2] ?? 10_000);
await openSprites();
const start = performance.now();
const sprites = await openSprites();
console.log(`open ${sprites.sprites.length} sprites from the cache: ${(performance.now() - start).toFixed(0)} ms`);

const scene = (index, domain = 'all') => sceneOf(sprites, { seed: 0, split: 'train', domain, index });
const perSecond = (task, total) => {
  const from = performance.now();
  for (let i = 0; i < total; i++) task(i);
  return Math.round((1000 * total) / (performance.now() - from));
};
console.log(
  `${count} scenes at 96 px, sprites not yet scaled: ${perSecond((i) => drawScene(sprites, scene(i)), count)} a second`,
);
console.log(`the next ${count}: ${perSecond((i) => drawScene(sprites, scene(count + i)), count)} a second`);
console.log(`facts, captions and layout alone: ${perSecond(scene, count)} a second`);
console.log(`at 192 px: ${perSecond((i) => drawScene(sprites, scene(i), 192), count / 10)} a second`);

const share = (scenes, test) => `${((100 * scenes.filter(test).length) / scenes.length).toFixed(1)} %`;
for (const domain of ['all', 'calm', 'events']) {
  const facts = Array.from({ length: count }, (_, i) => scene(i, domain).facts);
  console.log(
    `${domain}: complex ${share(facts, isComplex)}, second agent ${share(facts, (f) => f.second !== undefined)},`,
    `far ${share(facts, (f) => f.far !== undefined)}, animal ${share(facts, (f) => f.animal !== undefined)},`,
    `crowd ${share(facts, (f) => f.count === 'many')}, night ${share(facts, (f) => f.time === 'night')}`,
  );
}
const references = Array.from({ length: count }, (_, i) => scene(i)).flatMap(({ facts, references }) =>
  references.map((reference) => ({ facts, reference })),
);
const words = references.reduce((sum, { reference }) => sum + reference.split(' ').length, 0) / references.length;
const right = share(references, ({ facts, reference }) => compareFacts(facts, readFacts(reference)).all);
console.log(
  `${CLASSES.length} classes, ${vocabulary().length} words, ${words.toFixed(1)} a reference, read back right: ${right}`,
);
