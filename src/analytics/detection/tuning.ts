// The numbers that detection rests on, in one place, so that a benchmark can vary them. What each is worth: docs/decisions/0020.

/** Milliseconds of an hour: times are in epoch milliseconds, spans here in hours. */
export const HOUR = 3_600_000;

export const TUNING = {
  /** Hours of posts that discovery looks at. */
  window: 24,
  /** Hours of earlier posts that say what is usual. */
  history: 168,
  /** Hours for which the posts of hotspots are kept: an ended one that comes again by then is known again. */
  remember: 360,
  /** Hours before anything is called unusual: until then nothing is known of the hours of the day. */
  warmUp: 24.2,

  // Embeddings: a kernel density, k(a, b) = exp(sharpness (cos - 1)).
  /** Until it is found from the posts (sharpness.ts); and of the vectors of words. */
  sharpness: 12,
  wordSharpness: 10,
  /** Posts from which it is found, and found once more when there are so many; the most that are compared. */
  sharpnessPosts: { least: 40, sure: 300, most: 1500, rows: 300 },
  /** Hours of posts that the background's density is estimated from. */
  densityHours: 72,
  /** A kernel and a number of posts of it that the background's density begins with. */
  densityPrior: { kernel: 1.2e-4, posts: 5 },
  /** What is left in the background of a post that belongs to a hotspot, in tenths. */
  keptTenths: 1,

  // What a post's nearest earlier posts say of it: everyday topics explain themselves.
  /** Kernel from which an earlier post is near. */
  nearKernel: 0.004,
  /** Nearest posts kept with a post, and used of them. */
  nearKept: 80,
  nearUsed: 30,
  /** Hours that a near post is older than the post, and older than the hotspot that it speaks against. */
  olderThanPost: 4,
  olderThanHotspot: 4,
  /** Kernel mass at which the near posts explain half. */
  nearMass: 0.1,
  /** How far near posts explain a text: less than a caption. */
  nearText: 0.5,

  // The evidence that a post is of a hotspot, in nats.
  captionWeight: 0.35,
  textWeight: 0.8,
  vectorWeight: 0.7,
  /** Words of the background mixed into a hotspot's. */
  captionSmoothing: 30,
  textSmoothing: 12,
  phraseSmoothing: 10,
  /** Uses by the background from which a text is a stock phrase. */
  stockUses: 3,
  /** One word's evidence at least and at most; a word of a text may say one more. */
  wordLow: -2,
  wordHigh: 3,
  vectorLow: -4,
  vectorHigh: 6,
  /** Hours over which a rate is measured, and bounds of its evidence. */
  rateHours: 2,
  rateLow: -4,
  rateHigh: 0,
  /** Evidence of words and vector that a member needs, and that a member needs that shapes the hotspot. */
  member: 1,
  core: 3,
  /** Hours over which a member's words fade, and members' age at which they no longer shape the hotspot. */
  fadeHours: 36,
  shapeHours: 48,
  exemplars: 80,

  // Birth.
  /** Hours back that seeds and their groups are looked for. */
  seedHours: 2,
  groupHours: 8,
  /** Evidence of a pair. */
  pair: 3,
  minEvidence: 4,
  /** Surprise (-log10 of the probability) of a group, of the new hotspot, and for the trending list. */
  birth: 4,
  hot: 3.5,
  list: 3,
  /** Hours before the posts of a group that was refused may be a group again. */
  refusedHours: 0.9,

  // What is usual.
  /** Size of the negative binomial: variance = mean + mean^2 / size. */
  dispersion: 2,
  /** Hours of the mean of all hours that what the same hour brought is drawn to. */
  drawnHours: 4,
  /** An earlier post would have been taken from these shares of the usual evidence of the members. */
  hitShares: [0.4, 0.6] as readonly number[],
  hitPrior: -2,
  /** Spans, in hours, over which a burst is looked for. */
  spans: [1, 3, 8] as readonly number[],

  // Lineage.
  mergeVector: 1.5,
  mergeShare: 0.38,
  mergeAuthors: 0.8,
  absorbShare: 0.6,
  absorbVector: 1.4,
  reviveVector: 1.8,
  reviveShare: 0.35,
  /** Hours without core members after which a hotspot has ended. */
  endHours: 10,
};

export type Tuning = typeof TUNING;
