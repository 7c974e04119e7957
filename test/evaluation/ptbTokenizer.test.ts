import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { tokenizeCaptions } from '../../src/evaluation/ptbTokenizer.js';
import { tokenizeReferences } from '../../src/evaluation/tokenizeReferences.js';
import { expected, FIXTURE, references, results } from './captionFixture.js';

describe('tokenizeCaptions', () => {
  it('gives the tokens of pycocoevalcap for the captions of the fixture', () => {
    const tokens = [...tokenizeReferences(references)].map(([image, captions]) => [
      image,
      captions.map((one) => one.join(' ')),
    ]);
    expect(Object.fromEntries(tokens)).toEqual(expected.tokens.references);
    const found = tokenizeCaptions([...results.values()]).map((one) => one.join(' '));
    expect(found).toEqual([...results.keys()].map((image) => expected.tokens.results[image]));
  });

  it("gives the tokens of Stanford's tokenizer for a thousand awkward captions", () => {
    const { cases } = JSON.parse(readFileSync(`${FIXTURE}/tokens.json`, 'utf8')) as { cases: [string, string][] };
    const tokens = tokenizeCaptions(cases.map(([caption]) => caption));
    expect(cases.length).toBeGreaterThanOrEqual(1000);
    expect(cases.map(([caption], i) => [caption, tokens[i]!.join(' ')])).toEqual(cases);
  });

  it('keeps captions apart whatever line ends they hold', () => {
    expect(tokenizeCaptions(['a\nb', 'c\r\nd', '', 'e\u2028f\vg\fh', 'i'])).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      [],
      ['e', 'f', 'g', 'h'],
      ['i'],
    ]);
  });

  it('reads a caption in the sight of the next, as the original does', () => {
    // Seen with stanford-corenlp-3.4.1: an initial before a sentence's first word loses its full stop.
    expect(tokenizeCaptions(['plan B.', 'The end'])[0]).toEqual(['plan', 'b']);
    expect(tokenizeCaptions(['plan B.', 'no end'])[0]).toEqual(['plan', 'b.']);
  });

  it('gives no captions for none', () => {
    expect(tokenizeCaptions([])).toEqual([]);
  });
});
