// What a report on paper is made of: words, facts by name, tables.
import type { Fact } from '../hotspotReport/tables.js';
import { type Element, type Paper, setText, type Tag, WIDTH, type Words } from './paper.js';

/** Sizes of letters (pt). */
export const BODY = 9.5;
export const SMALL = 8;

/** Words across the page, on the next one where they do not fit. */
export function flow(
  paper: Paper,
  text: string,
  {
    type,
    parent,
    words,
    after,
  }: {
    readonly type: Tag;
    readonly parent: Element;
    readonly words: Words;
    readonly after: number;
  },
): void {
  const set = setText(text, WIDTH, words);
  paper.room(set.height);
  paper.write(set, { x: 0, y: paper.y }, { type, parent });
  paper.y += set.height + after;
}

interface FactsOptions {
  readonly x: number;
  readonly width: number;
  /** Width of the names. */
  readonly name: number;
  readonly parent: Element;
  readonly size: number;
}

/** Names with what they stand for, one below the other. */
export function facts(paper: Paper, list: readonly Fact[], { x, width, name, parent, size }: FactsOptions): void {
  const whole = paper.part('L', parent);
  for (const [label, value] of list) {
    const text = setText(value, width - name, { size });
    paper.room(text.height);
    const item = paper.part('LI', whole);
    paper.write(setText(label, name - 6, { size, colour: 'soft' }), { x, y: paper.y }, { type: 'Lbl', parent: item });
    paper.write(text, { x: x + name, y: paper.y }, { type: 'LBody', parent: item });
    item.end();
    paper.y += Math.max(text.height, size * 1.38) + 1.5;
  }
  whole.end();
}

/** How tall `facts` makes them (pt). */
export function factsHeight(
  list: readonly Fact[],
  { width, name, size }: { readonly width: number; readonly name: number; readonly size: number },
): number {
  return list.reduce(
    (sum, [, value]) => sum + Math.max(setText(value, width - name, { size }).height, size * 1.38) + 1.5,
    0,
  );
}

interface TableOptions {
  readonly says: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly parent: Element;
  /** Width of the first column. */
  readonly first?: number;
}

/** Its first row and column are headings. */
export function table(paper: Paper, { says, columns, rows, parent, first = 130 }: TableOptions): void {
  flow(paper, says, { type: 'Caption', parent, words: { size: SMALL, colour: 'soft' }, after: 3 });
  const whole = paper.part('Table', parent);
  const wide = (WIDTH - first) / Math.max(1, columns.length - 1);
  for (const [i, cells] of [columns, ...rows].entries()) {
    const set = cells.map((cell, j) =>
      setText(cell, (j === 0 ? first : wide) - 6, {
        size: SMALL + 0.5,
        bold: i === 0,
        maxLines: 3,
        ...(i === 0 && { colour: 'soft' as const }),
      }),
    );
    const tall = Math.max(...set.map(({ height }) => height)) + 3;
    paper.room(tall);
    const row = paper.part('TR', whole);
    for (const [j, text] of set.entries()) {
      // Numbers stand at the right of their columns.
      const right = j === 0 ? 0 : first + j * wide - Math.max(0, ...text.laidOut.lines.map(({ width }) => width));
      const cell =
        i === 0
          ? paper.part('TH', row, { scope: 'Column' })
          : paper.part(j === 0 ? 'TH' : 'TD', row, j === 0 ? { scope: 'Row' } : {});
      paper.write(text, { x: right, y: paper.y }, { type: 'P', parent: cell });
      cell.end();
    }
    row.end();
    paper.y += tall;
    paper.rule(paper.y - 1.5);
  }
  whole.end();
  paper.y += 10;
}
