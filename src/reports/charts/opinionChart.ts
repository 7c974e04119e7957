// How authors feel in a window and the one before, as two bars of shares.
import type { FoundOpinion } from '../hotspotReport/findings.js';
import { number } from '../hotspotReport/wording.js';
import type { Drawing, Shape } from './shapes.js';

const CLASSES = ['negative', 'neutral', 'positive', 'unknown'] as const;
const NAMES = { negative: 'against', neutral: 'neither', positive: 'for', unknown: 'not readable' };
const [LEFT, HIGH, STEP] = [40, 11, 15];

/** A bar for each window that has posts; null where neither has. */
export function opinionChart(
  { now, before }: { readonly now: FoundOpinion | null; readonly before: FoundOpinion | null },
  width: number,
): Drawing | null {
  const rows = [
    ['now', now],
    ['before', before],
  ] as const;
  const shown = rows.filter(([, opinion]) => opinion !== null);
  if (shown.length === 0) return null;
  const shapes: Shape[] = [];
  const said: string[] = [];
  for (const [i, [name, opinion]] of shown.entries()) {
    const counts = CLASSES.map((one) => opinion![one]);
    const all = counts.reduce((a, b) => a + b, 0);
    const y = i * STEP;
    shapes.push({ kind: 'text', x: LEFT - 5, y: y + HIGH - 2.5, text: name, anchor: 'end' });
    let x = LEFT;
    for (const [j, tone] of CLASSES.entries()) {
      const wide = ((width - LEFT) * counts[j]!) / all;
      if (wide === 0) continue;
      shapes.push({ kind: 'rect', x, y, width: Math.max(0.5, wide - 1), height: HIGH, tone });
      const text = number(counts[j]!);
      // A number stands where there is room for it.
      if (wide > 6 * text.length + 4)
        shapes.push({
          kind: 'text',
          x: x + wide / 2,
          y: y + HIGH - 2.5,
          text,
          anchor: 'middle',
          light: tone === 'negative' || tone === 'positive',
        });
      x += wide;
    }
    said.push(`${name} ${CLASSES.map((one, j) => `${number(counts[j]!)} ${NAMES[one]}`).join(', ')}`);
  }
  return {
    width,
    height: shown.length * STEP - (STEP - HIGH),
    shapes,
    says: `Authors by opinion: ${said.join('; ')}.`,
  };
}
