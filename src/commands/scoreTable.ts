// Scores as a table: with intervals, and beside those of other captions, where there are any.
import type { Difference, Interval } from '../evaluation/bootstrap.js';

export interface ScoreTable {
  /** Images scored. */
  readonly count: number;
  /** By figure, in the order to show. */
  readonly corpus: Readonly<Record<string, number>>;
  readonly intervals?: Readonly<Record<string, Interval>> | undefined;
  /** Scores of other captions of the same images. */
  readonly against?: Readonly<Record<string, number>> | undefined;
  /** From those to `corpus`. */
  readonly differences?: Readonly<Record<string, Difference>> | undefined;
}

/** The table's lines, each ended. */
export function scoreTable({ count, corpus, intervals, against, differences }: ScoreTable): string {
  const rows = Object.entries(corpus).map(([figure, score]) => [
    figure,
    number(score),
    ...(intervals === undefined ? [] : [interval(intervals[figure]!)]),
    ...(against === undefined ? [] : [number(against[figure]!), signed(score - against[figure]!)]),
    ...(differences === undefined ? [] : [interval(differences[figure]!), differences[figure]!.p.toPrecision(2)]),
  ]);
  const heads = [
    `${count.toLocaleString('en')} images`,
    'score',
    ...(intervals === undefined ? [] : ['95 % interval']),
    ...(against === undefined ? [] : ['against', 'difference']),
    ...(differences === undefined ? [] : ['95 % interval', 'p']),
  ];
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]!.length)));
  return [heads, ...rows]
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '))
    .map((line) => `${line}\n`)
    .join('');
}

function number(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(4);
}

function signed(value: number): string {
  return Number.isNaN(value) ? '-' : `${value < 0 ? '-' : '+'}${number(Math.abs(value))}`;
}

function interval({ low, high }: Interval): string {
  return `${number(low)} to ${number(high)}`;
}
