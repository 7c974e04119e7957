import { describe, expect, it } from '@jest/globals';
import { COMPARED, compareFacts } from '../../../src/training/scenes/compareFacts.js';
import type { Facts } from '../../../src/training/scenes/facts.js';
import { readFacts } from '../../../src/training/scenes/readFacts.js';

const UNSAID = { relation: 'none', time: 'day', weather: 'clear' } as const;

describe('readFacts', () => {
  // As a model in training, or another one, might put it.
  it.each([
    ['', UNSAID],
    ['the the of of', UNSAID],
    ['A man.', { ...UNSAID, actor: 'man', count: 1 }],
    ['two men', { ...UNSAID, actor: 'man', count: 2 }],
    ['a man holding', { ...UNSAID, actor: 'man', count: 1 }],
    ['a man holding a big red balloon', { ...UNSAID, actor: 'man', count: 1, relation: 'hold', object: 'balloon' }],
    ['a man holding an umbrella', { ...UNSAID, actor: 'man', count: 1, relation: 'under', object: 'umbrella' }],
    ['a man on a horse', { ...UNSAID, actor: 'man', count: 1, relation: 'ride', object: 'horse' }],
    ['a man sitting on a bench', { ...UNSAID, actor: 'man', count: 1, relation: 'on', object: 'bench' }],
    ['in the rain at night', { ...UNSAID, weather: 'rain', time: 'night' }],
    ['a house on fire in a city', { ...UNSAID, actor: 'burning', count: 1 }],
    [
      'people with signs on a street',
      { ...UNSAID, actor: 'people', count: 'many', relation: 'hold', object: 'sign', place: 'street' },
    ],
    ['an airplane in the sky over a beach', { ...UNSAID, far: 'airplane', place: 'beach' }],
    [
      'a man and a woman holding flowers while a dog watches',
      {
        ...UNSAID,
        actor: 'man',
        count: 1,
        second: { actor: 'woman', relation: 'hold', object: 'flowers' },
        animal: 'dog',
      },
    ],
    ['a dog watches', { ...UNSAID, actor: 'dog', count: 1 }],
    [
      'a man holding a cake a cake a cake in a park in a park',
      { ...UNSAID, actor: 'man', count: 1, relation: 'hold', object: 'cake', place: 'park' },
    ],
  ])('reads %j', (caption, facts) => {
    expect(readFacts(caption)).toEqual(facts);
  });
});

describe('compareFacts', () => {
  const truth: Facts = {
    actor: 'girl',
    count: 1,
    relation: 'hold',
    object: 'cake',
    second: { actor: 'chef', relation: 'wear', object: 'hat' },
    far: 'kite',
    place: 'beach',
    time: 'day',
    weather: 'clear',
  };
  const RIGHT = 'a girl holding a cake and a chef wearing a hat at the beach with a kite in the sky';

  it('finds all right, and says nothing of what is neither there nor spoken of', () => {
    const { all, animal, ...rest } = compareFacts(truth, readFacts(RIGHT));
    expect([all, animal]).toEqual([true, undefined]);
    expect(new Set(Object.values(rest))).toEqual(new Set([true]));
  });

  it.each([
    ['actor', 'girl', 'boy'],
    ['count', 'a girl', 'two girls'],
    ['relation', 'holding', 'behind'],
    ['object', 'cake', 'gift'],
    ['second', 'chef', 'clown'],
    ['second', 'wearing a hat', 'wearing a crown'],
    ['second', ' and a chef wearing a hat', ''],
    ['animal', 'in the sky', 'in the sky while a cat watches'],
    ['far', 'kite', 'helicopter'],
    ['far', ' with a kite in the sky', ''],
    ['place', 'at the beach', 'in the park'],
    ['place', 'at the beach', ''],
    ['time', 'beach', 'beach at night'],
    ['weather', 'beach', 'beach in the rain'],
  ] as const)('finds only %s wrong where "%s" became "%s"', (fact, right, wrong) => {
    const compared = compareFacts(truth, readFacts(RIGHT.replace(right, wrong)));
    expect(COMPARED.filter((name) => compared[name] === false)).toEqual([fact]);
    expect(compared.all).toBe(false);
  });
});
