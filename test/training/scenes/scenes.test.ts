import { beforeAll, describe, expect, it } from '@jest/globals';
import { slotsOf } from '../../../src/training/data/slots.js';
import { vocabulary } from '../../../src/training/scenes/caption.js';
import {
  CLASSES,
  classesOf,
  classOf,
  STYLE_FAMILIES,
  TRAINING_FAMILIES,
} from '../../../src/training/scenes/classes.js';
import { drawScene } from '../../../src/training/scenes/drawScene.js';
import {
  DOMAINS,
  type Domain,
  type Facts,
  isComplex,
  PLACES,
  RELATIONS,
  SPLITS,
  type Split,
  WEATHERS,
} from '../../../src/training/scenes/facts.js';
import { heldOut } from '../../../src/training/scenes/heldOut.js';
import { readFacts } from '../../../src/training/scenes/readFacts.js';
import { type Scene, sceneOf, sceneWith } from '../../../src/training/scenes/scene.js';
import { openSprites, type SpriteSheet } from '../../../src/training/scenes/sprites.js';
import { SPRITE_CACHE, testSprites } from '../../support/sceneSprites.js';

let sprites: SpriteSheet;
beforeAll(async () => {
  sprites = await testSprites();
});

const ALONE: Facts = { actor: 'man', count: 1, relation: 'none', place: 'street', time: 'day', weather: 'clear' };

function scenes(split: Split, count: number, domain: Domain = 'all', seed = 0): Scene[] {
  return Array.from({ length: count }, (_, index) => sceneOf(sprites, { seed, split, domain, index }));
}

/** Facts as text, whatever the order in which they were found. */
function canonical(facts: object): string {
  return JSON.stringify(facts, (_, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

describe('a scene', () => {
  it('is the same whatever was asked before, from sprites opened anew, to the last byte', async () => {
    const again = await openSprites({ cacheDir: SPRITE_CACHE });
    const name = { seed: 7, split: 'train', domain: 'all', index: 41 } as const;
    const first = sceneOf(sprites, name);
    const picture = drawScene(sprites, first);
    for (let index = 0; index < 40; index++) drawScene(again, sceneOf(again, { ...name, index }), 60);
    const second = sceneOf(again, name);
    expect(second).toEqual(first);
    expect(drawScene(again, second)).toEqual(picture);
  });

  it('differs by seed, split, domain and index', () => {
    const name = { seed: 0, split: 'train', domain: 'all', index: 0 } as const;
    const others = [{ seed: 1 }, { split: 'iid' }, { domain: 'calm' }, { index: 1 }] as const;
    const pictures = [{}, ...others].map((other) =>
      Buffer.from(drawScene(sprites, sceneOf(sprites, { ...name, ...other })).pixels).toString('base64'),
    );
    expect(new Set(pictures).size).toBe(pictures.length);
  });

  it.each(SPLITS)(
    'of split %s says its facts in five different captions, each of which reads back exactly',
    (split) => {
      const words = new Set(vocabulary());
      for (const domain of DOMAINS) {
        for (const { facts, references } of scenes(split, 600, domain)) {
          const truth = canonical(facts);
          expect(new Set(references).size).toBe(5);
          for (const reference of references) {
            const read = canonical(readFacts(reference));
            if (read !== truth) throw new Error(`"${reference}" reads as ${read}, not as ${truth}`);
            const unknown = reference.split(/,? /).filter((word) => !words.has(word));
            if (unknown.length > 0) throw new Error(`"${reference}" has words outside of the vocabulary: ${unknown}`);
          }
          expect(slotsOf(facts).filter((word) => word !== undefined && !words.has(word))).toEqual([]);
        }
      }
    },
  );

  it('has slots from which its facts follow', () => {
    const facts = new Map<string, string>();
    for (const scene of SPLITS.flatMap((split) => scenes(split, 1000))) {
      const key = slotsOf(scene.facts).join();
      const text = canonical(scene.facts);
      if ((facts.get(key) ?? text) !== text) throw new Error(`"${key}" stands for ${text} and ${facts.get(key)}`);
      facts.set(key, text);
    }
  });

  it('shows each of its facts: enough pixels of every class it speaks of', () => {
    for (const split of ['train', 'style'] as const) {
      for (const scene of scenes(split, 400)) {
        const { facts, id } = scene;
        const seen = new Int32Array(CLASSES.length + 1);
        for (const classId of drawScene(sprites, scene).classes) seen[classId]!++;
        const each = facts.count === 'many' ? 2 : facts.count;
        const own = ['hold', 'wear', 'ride'].includes(facts.relation);
        for (const [name, least] of [
          [facts.actor, 50 * each],
          [facts.object, own ? 20 * each : 60],
          [facts.second?.actor, 60],
          [facts.second?.object, 20],
          [facts.animal, 35],
          [facts.far, 20],
        ] as const) {
          // Made of others: a burning house of a house and fire.
          if (name === undefined || ['people', 'burning', 'crash'].includes(name)) continue;
          const count = seen[classOf(name).id]!;
          if (count < least) throw new Error(`${id} shows ${count} pixels of ${name}: ${scene.references[0]}`);
        }
      }
    }
  });

  it('marks pixels with classes that stand in it, and with no others', () => {
    for (const scene of scenes('train', 200)) {
      const { pixels, classes } = drawScene(sprites, scene);
      expect([pixels.length, classes.length]).toEqual([3 * 96 * 96, 96 * 96]);
      const placed = new Set([0, ...scene.layers.map(({ classId }) => classId)]);
      expect([...new Set(classes)].filter((classId) => !placed.has(classId))).toEqual([]);
      for (const { sprite, classId, light } of scene.layers) {
        if (light !== 'audience') expect(sprites.sprites[sprite]!.classId).toBe(classId);
      }
    }
  });

  it('shows the same in a larger picture', () => {
    for (const scene of scenes('train', 20)) {
      const small = drawScene(sprites, scene, 96);
      const large = drawScene(sprites, scene, 192);
      let same = 0;
      for (let y = 0; y < 96; y++) {
        for (let x = 0; x < 96; x++) {
          if (small.classes[96 * y + x] === large.classes[192 * (2 * y) + 2 * x]) same++;
        }
      }
      // Edges move by a pixel.
      expect(same / 96 ** 2).toBeGreaterThan(0.93);
    }
  });
});

describe('a scene with given facts', () => {
  const facts: Facts = { ...ALONE, actor: 'firetruck', relation: 'front', object: 'burning', time: 'night' };

  it('shows and says them, the same for the same id, otherwise for another', () => {
    const scene = sceneWith(sprites, { facts, id: 'a' });
    expect(scene.facts).toEqual(facts);
    for (const reference of scene.references) expect(canonical(readFacts(reference))).toBe(canonical(facts));
    expect(new Set(drawScene(sprites, scene).classes)).toContain(classOf('firetruck').id);
    expect(sceneWith(sprites, { facts, id: 'a' })).toEqual(scene);
    const other = sceneWith(sprites, { facts, id: 'b' });
    expect(other.layers).not.toEqual(scene.layers);
    expect(drawScene(sprites, other).pixels).not.toEqual(drawScene(sprites, scene).pixels);
  });

  it('has the art of the training split alone', () => {
    const families = Array.from({ length: 60 }, (_, i) => sceneWith(sprites, { facts, id: `${i}` })).flatMap(
      ({ layers }) => layers.map(({ sprite }) => sprites.sprites[sprite]!.family as string),
    );
    expect(new Set(families)).toEqual(new Set(TRAINING_FAMILIES));
  });
});

describe('the splits', () => {
  it('keep held-out combinations for the compositional test, and out of all others', () => {
    for (const split of SPLITS) {
      for (const domain of DOMAINS) {
        const held = scenes(split, 300, domain).filter(({ facts }) => heldOut(facts)).length;
        expect([split, domain, held]).toEqual([split, domain, split === 'compositional' ? 300 : 0]);
      }
    }
  });

  it('hold out about one combination in eight, and no actor or object as a whole', () => {
    const pairs = classesOf('person').flatMap((actor) => classesOf('held').map((object) => [actor, object] as const));
    const held = pairs.filter(([actor, object]) => heldOut({ ...ALONE, actor, relation: 'hold', object }));
    expect(held.length / pairs.length).toBeGreaterThan(1 / 8 - 0.04);
    expect(held.length / pairs.length).toBeLessThan(1 / 8 + 0.04);
    for (const side of [0, 1] as const) {
      const known = new Set(pairs.filter((pair) => !held.includes(pair)).map((pair) => pair[side]));
      expect(known.size).toBe(new Set(pairs.map((pair) => pair[side])).size);
    }
  });

  it('hold the second agent to the same combinations', () => {
    const pairs = classesOf('person').flatMap((actor) => classesOf('held').map((object) => ({ actor, object })));
    const second = pairs.find(({ actor, object }) => heldOut({ ...ALONE, actor, relation: 'hold', object }))!;
    expect(heldOut({ ...ALONE, second: { ...second, relation: 'hold' } })).toBe(true);
  });

  it('take apart simple and complex scenes, of which training has at least 30 % each', () => {
    expect(scenes('complex', 200).every(({ facts }) => isComplex(facts))).toBe(true);
    expect(scenes('simple', 200).some(({ facts }) => isComplex(facts))).toBe(false);
    const complex = scenes('train', 2000).filter(({ facts }) => isComplex(facts)).length / 2000;
    expect(complex).toBeGreaterThan(0.3);
    expect(complex).toBeLessThan(0.7);
  });

  it('show the held-out families in the style test, and nowhere else', () => {
    const families = (split: Split) =>
      new Set(scenes(split, 300).flatMap(({ layers }) => layers.map(({ sprite }) => sprites.sprites[sprite]!.family)));
    expect([...families('style')].sort()).toEqual(['drawn', ...STYLE_FAMILIES]);
    for (const split of SPLITS.filter((name) => name !== 'style')) {
      expect([...families(split)].filter((family) => (STYLE_FAMILIES as readonly string[]).includes(family))).toEqual(
        [],
      );
    }
  });

  it('repeat no picture of the training split in a test', () => {
    const picture = (scene: Scene) => JSON.stringify([scene.facts, scene.layers]);
    const training = new Set(scenes('train', 3000).map(picture));
    expect(training.size).toBe(3000);
    for (const split of SPLITS.filter((name) => name !== 'train')) {
      expect(scenes(split, 500).some((scene) => training.has(picture(scene)))).toBe(false);
    }
  });
});

describe('the domains', () => {
  it('are calm without what only events have', () => {
    for (const { facts } of scenes('train', 1500, 'calm')) {
      expect([1, 2]).toContain(facts.count);
      expect([facts.second, facts.far]).toEqual([undefined, undefined]);
      expect(['burning', 'crash']).not.toContain(facts.object);
    }
  });

  it('have events with a second agent, something far, a crowd, an emergency or a show in most scenes', () => {
    const events = scenes('train', 1500, 'events').filter(({ facts }) => isEvent(facts));
    expect(events.length / 1500).toBeGreaterThan(0.85);
  });

  it('show every place, weather, relation and class that can be spoken of', () => {
    const all = scenes('train', 6000).map(({ facts }) => facts);
    const values = <K extends keyof Facts>(key: K) => new Set(all.map((facts) => facts[key]));
    expect([...values('place')].sort()).toEqual([...PLACES].sort());
    expect([...values('weather')].sort()).toEqual([...WEATHERS].sort());
    expect([...values('relation')].sort()).toEqual([...RELATIONS].sort());
    const named = new Set(all.flatMap(({ actor, object, animal, far }) => [actor, object, animal, far]));
    expect(CLASSES.map(({ name }) => name).filter((name) => !named.has(name))).toEqual(['collision']);
  });
});

function isEvent({ second, far, count, object, place }: Facts): boolean {
  const marked = second !== undefined || far !== undefined || count === 'many';
  return marked || ['burning', 'crash', 'boat'].includes(object ?? '') || ['stage', 'stadium'].includes(place);
}
