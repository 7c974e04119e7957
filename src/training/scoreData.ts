// Captions of a data set scored: pycocoevalcap's metrics, and on drawn scenes the facts that they get right, with one
// bootstrap over the pictures for all of it.
import {
  confidenceIntervals,
  type Difference,
  type Interval,
  overall,
  pairedDifferences,
  type Statistics,
} from '../evaluation/bootstrap.js';
import { joinStatistics } from '../evaluation/joinStatistics.js';
import { scoreCaptionSets } from '../evaluation/scoreCaptions.js';
import { type Rights, shares } from '../evaluation/shares.js';
import type { CaptionData } from './data/captionData.js';
import { COMPARED, compareFacts } from './scenes/compareFacts.js';
import { readFacts } from './scenes/readFacts.js';

export interface ScoredCaptions {
  /** Metrics by name, then the shares of right facts: 'all facts' (of pictures, with nothing wrong), 'actor', ... */
  readonly corpus: Readonly<Record<string, number>>;
  readonly images: readonly {
    readonly id: string;
    readonly caption: string;
    readonly scores: Readonly<Record<string, number>>;
    /** Of a drawn scene: what is right and what wrong; facts of which there is nothing to say are left out. */
    readonly facts?: Readonly<Record<string, boolean>>;
  }[];
}

export interface CaptionScoring {
  readonly sets: readonly ScoredCaptions[];
  /** Of the first set. */
  readonly intervals?: Readonly<Record<string, Interval>>;
  /** From the second set to the first. */
  readonly differences?: Readonly<Record<string, Difference>>;
}

const ALL = 'all facts';

/** Scores one or two sets of captions, each with a caption for all of `images`. `resamples` 0: no intervals. */
export function scoreData(
  data: CaptionData,
  images: readonly string[],
  sets: readonly ReadonlyMap<string, string>[],
  options: { readonly resamples: number; readonly meteorData?: string },
): CaptionScoring {
  const indexOf = new Map(Array.from({ length: data.count }, (_, i) => [data.idOf(i), i]));
  const references = new Map(images.map((id) => [id, data.references(indexOf.get(id)!)]));
  const kept = sets.map((captions) => new Map(images.map((id) => [id, captions.get(id)!])));
  const metrics = scoreCaptionSets(references, kept, options.meteorData ? { meteorData: options.meteorData } : {});
  const { facts } = data;
  const rights =
    facts && kept.map((captions) => images.map((id) => rightsOf(facts(indexOf.get(id)!), captions.get(id)!)));
  // Facts that nothing in these pictures or captions is about have no share.
  const known = [ALL, ...COMPARED].filter((name) => rights?.flat().some((each) => each[name] !== undefined));
  const statistics = metrics.map(
    (each, k): Statistics => (rights ? joinStatistics(each.statistics, shares(rights[k]!, known)) : each.statistics),
  );
  const bootstrap = { resamples: options.resamples };
  return {
    sets: metrics.map((each, k) => ({
      corpus: overall(statistics[k]!),
      images: images.map((id, i) => ({
        id,
        caption: kept[k]!.get(id)!,
        scores: each.images.get(id)!,
        ...(rights && { facts: decided(rights[k]![i]!) }),
      })),
    })),
    ...(options.resamples > 0 && {
      intervals: confidenceIntervals(statistics[0]!, bootstrap),
      ...(sets.length > 1 && { differences: pairedDifferences(statistics[1]!, statistics[0]!, bootstrap) }),
    }),
  };
}

function rightsOf(truth: Parameters<typeof compareFacts>[0], caption: string): Rights {
  const { all, ...each } = compareFacts(truth, readFacts(caption));
  return { [ALL]: all, ...each };
}

function decided(rights: Rights): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(rights).filter((entry): entry is [string, boolean] => entry[1] !== undefined),
  );
}
