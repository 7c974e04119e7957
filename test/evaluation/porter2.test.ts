import { describe, expect, it } from '@jest/globals';
import { porter2 } from '../../src/evaluation/porter2.js';

describe('porter2', () => {
  // Stems of the Snowball stemmer inside meteor-1.5.jar. It was compared on 2.6 million words; these reach each of its steps.
  it.each([
    ['skies', 'sky'],
    ['dying', 'die'],
    ['news', 'news'],
    ['by', 'by'],
    ["dog's", 'dog'],
    ["'em", 'em'],
    ['ties', 'tie'],
    ['cries', 'cri'],
    ['caresses', 'caress'],
    ['gas', 'gas'],
    ['gaps', 'gap'],
    ['kiwis', 'kiwi'],
    ['herring', 'herring'],
    ['agreed', 'agre'],
    ['feed', 'feed'],
    ['hopping', 'hop'],
    ['hoping', 'hope'],
    ['conflated', 'conflat'],
    ['falling', 'fall'],
    ['sing', 'sing'],
    ['happy', 'happi'],
    ['say', 'say'],
    ['youth', 'youth'],
    ['enjoyed', 'enjoy'],
    ['relational', 'relat'],
    ['conditional', 'condit'],
    ['analogi', 'analog'],
    ['geologi', 'geolog'],
    ['quickly', 'quick'],
    ['hopefully', 'hope'],
    ['formative', 'format'],
    ['electrical', 'electr'],
    ['goodness', 'good'],
    ['adoption', 'adopt'],
    ['replacement', 'replac'],
    ['probate', 'probat'],
    ['rate', 'rate'],
    ['controll', 'control'],
    ['generate', 'generat'],
    ['communism', 'communism'],
    ['arsenal', 'arsenal'],
    ['straße', 'straße'],
  ])('takes %s to %s', (word, stem) => {
    expect(porter2(word)).toBe(stem);
  });
});
