// What the picture of a hotspot's life is drawn from.
import type { Life, LineageChartProps } from '../../charts/LineageChart.js';
import type { HotspotDetail } from '../Hotspot.js';

/** Lanes at most beside its own: the last of each kind. */
const MOST_OF_A_KIND = 6;

export function lineageOf(hotspot: HotspotDetail): LineageChartProps {
  const { id, earlier, later, mergedInto, splitFrom, parts, branches, events, emergedAt, endedAt, title } = hotspot;
  const self: Life = { id, title, emergedAt, endedAt };
  const lanes = new Set([id]);
  // One can be kin in two ways: it has one lane.
  const once = (lives: readonly (Life | null)[]) =>
    lives.filter((life): life is Life => life !== null && !lanes.has(life.id) && lanes.add(life.id) !== undefined);
  const few = (lives: readonly Life[]) => lives.slice(-MOST_OF_A_KIND);
  const joins: { from: string; to: string; at: string; loose?: boolean }[] = [];
  if (earlier) joins.push({ from: earlier.id, to: id, at: emergedAt, loose: true });
  if (splitFrom) joins.push({ from: splitFrom.id, to: id, at: emergedAt });
  for (const branch of few(branches)) joins.push({ from: id, to: branch.id, at: branch.emergedAt });
  for (const part of few(parts)) joins.push({ from: part.id, to: id, at: part.endedAt ?? part.emergedAt });
  if (mergedInto && endedAt) joins.push({ from: id, to: mergedInto.id, at: endedAt });
  for (const life of few(later)) joins.push({ from: id, to: life.id, at: life.emergedAt, loose: true });
  return {
    self,
    before: once([earlier, splitFrom]),
    after: once([...few(branches), ...few(parts), mergedInto, ...few(later)]),
    joins,
    marks: events.nodes.flatMap(({ at, kind, hotspot: of }) =>
      of?.id === id && (kind === 'GREW' || kind === 'COOLED') ? [{ at, kind }] : [],
    ),
  };
}
