// Maps of attention: which one is meant, how they are called, and what they say in words.
import type { AttentionMapFragment, ExplanationQuery } from '../../queries/documents.js';
import type { PictureView } from '../../routes.js';

export type Explanation = NonNullable<ExplanationQuery['captionExplanation']>;
export type Word = Explanation['words'][number];
export type Scale = PictureView['scale'];

/** Every map that can be drawn of a word, the Q-Former's own first. */
export function mapsOf({ map, ecmaMap, scales }: Word): { scale: Scale; name: string; map: AttentionMapFragment }[] {
  const patches = scales.length - 1;
  return [
    { scale: undefined, name: 'Q-Former', map },
    ...(ecmaMap === null ? [] : [{ scale: 'ecma' as const, name: 'ECMA, all scales', map: ecmaMap }]),
    ...scales.map((each, i) => ({
      scale: i === patches ? ('patches' as const) : each.side,
      name: i === patches ? `Patches, ${each.side} × ${each.side}` : `${each.side} × ${each.side}`,
      map: each,
    })),
  ];
}

/** In which ninth of the picture the highest cell lies. */
export function placeOf({ side, cells }: AttentionMapFragment): string {
  const highest = cells.indexOf(Math.max(...cells));
  const third = (at: number) => Math.min(2, Math.floor((3 * at + 1.5) / side));
  const row = ['top', 'middle', 'bottom'][third(Math.floor(highest / side))];
  const column = ['left', 'middle', 'right'][third(highest % side)];
  return row === column ? 'the middle' : `the ${row} ${column}`;
}

/** How many times as much the highest cell has as if all had the same: 1 says nothing of where. */
export function timesEven({ cells }: AttentionMapFragment): number {
  return (Math.max(...cells) * cells.length) / cells.reduce((a, b) => a + b, 0);
}
