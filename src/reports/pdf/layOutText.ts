// Text of any script in lines: cut into words, each in a font that has its characters, put in the order in which they are read by the Unicode
// bidirectional algorithm (bidi-js), shaped by fontkit when they are drawn.
import bidiFactory, { type Bidi } from 'bidi-js';
import { type Face, faceOf, isUnseen } from './fonts.js';

/** Characters of one font and one direction that are drawn at one go. */
export interface Run {
  readonly text: string;
  readonly face: Face;
  /** From the beginning of the line. */
  readonly x: number;
  readonly width: number;
}

export interface Line {
  /** From left to right. */
  readonly runs: readonly Run[];
  readonly width: number;
}

export interface LaidOut {
  readonly lines: readonly Line[];
  /** Whether the text reads from right to left. */
  readonly rtl: boolean;
}

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  /** The rest is cut, and an ellipsis says so. */
  readonly maxLines?: number;
}

/** Its types say that it is a module of the other kind. */
const bidi = (bidiFactory as unknown as () => Bidi)();
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
/** What is shown of a character that no font has. */
const MISSING = '\ufffd';
/** Scripts that put no spaces between words: a line may end between any two of them. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Hangul}]/u;

/** A letter or sign with what belongs to it. */
interface Cluster {
  /** As it stands in the text. */
  readonly at: number;
  readonly length: number;
  readonly text: string;
  readonly face: Face;
  readonly space: boolean;
  /** A line may end behind it. */
  readonly last: boolean;
  readonly level: number;
}

const widths = new WeakMap<Face, Map<string, number>>();

/** Width in points. */
export function widthOf(text: string, face: Face, size: number): number {
  const known = widths.get(face) ?? new Map<string, number>();
  widths.set(face, known);
  let width = known.get(text);
  if (width === undefined) {
    width = face.font.layout(text).advanceWidth / face.font.unitsPerEm;
    // Words come again; a stream of them must not stay for ever.
    if (known.size > 20_000) known.clear();
    known.set(text, width);
  }
  return width * size;
}

/** Lines of at most `width` points; a word that is longer is cut. Line ends in the text are spaces. */
export function layOutText(
  text: string,
  width: number,
  { size, bold = false, maxLines = Number.POSITIVE_INFINITY }: TextStyle,
): LaidOut {
  const plain = cleaned(text);
  const levels = bidi.getEmbeddingLevels(plain, 'auto');
  const rtl = ((levels.paragraphs[0]?.level ?? 0) & 1) === 1;
  const clusters = clustersOf(plain, levels.levels, bold);
  const rows = broken(clusters, width, size);
  if (rows.length > maxLines) {
    rows.length = maxLines;
    rows[maxLines - 1] = cut(rows[maxLines - 1]!, width, { size, bold });
  }
  return { rtl, lines: rows.map((row) => ordered(row, size)) };
}

/** Longest text that is looked at: more than any part of a report shows. */
const MOST = 4000;

function cleaned(text: string): string {
  return text
    .slice(0, MOST)
    .replace(/\p{Surrogate}/gu, MISSING)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

function clustersOf(text: string, levels: Uint8Array, bold: boolean): Cluster[] {
  const ends = lineEnds(text);
  return [...graphemes.segment(text)].flatMap(({ segment, index }) => {
    const space = segment.trim() === '';
    const level = levels[index] ?? 0;
    const mirrored = level % 2 === 1 ? bidi.getMirroredCharacter(segment) : null;
    const length = segment.length;
    const last = ends.has(index + length);
    // A mark without a letter shows nothing.
    if ([...segment].every((character) => isUnseen(character.codePointAt(0)!))) return [];
    const face = faceOf(segment, { bold });
    if (face !== undefined) return [{ at: index, length, text: mirrored ?? segment, face, space, last, level }];
    return apart(segment, bold).map((part) => ({ ...part, at: index, length, space, last, level }));
  });
}

/** Of a sign that no font has as a whole (a family of emoji, letters under many marks) its parts. */
function apart(segment: string, bold: boolean): { readonly text: string; readonly face: Face }[] {
  const parts = [...segment].filter((character) => !isUnseen(character.codePointAt(0)!));
  // Marks without end upon one letter are shown up to a point.
  return parts.slice(0, 8).map((part) => {
    const face = faceOf(part, { bold });
    return face === undefined ? { text: MISSING, face: faceOf(MISSING, { bold })! } : { text: part, face };
  });
}

/** Places in the text that a line may end at. */
function lineEnds(text: string): Set<number> {
  const ends = new Set<number>();
  let before: { readonly segment: string; readonly isWordLike?: boolean } | undefined;
  for (const part of words.segment(text)) {
    const between =
      before?.isWordLike && part.isWordLike && (UNSPACED.test(before.segment) || UNSPACED.test(part.segment));
    if (between) ends.add(part.index);
    if (/[\s\-–—]$/u.test(part.segment)) ends.add(part.index + part.segment.length);
    before = part;
  }
  return ends;
}

function broken(clusters: readonly Cluster[], width: number, size: number): Cluster[][] {
  const rows: Cluster[][] = [];
  let row: Cluster[] = [];
  let filled = 0;
  let word: Cluster[] = [];
  const end = () => {
    while (row.at(-1)?.space) row.pop();
    if (row.length > 0) rows.push(row);
    row = [];
    filled = 0;
  };
  const take = () => {
    const wide = measured(word, size);
    const bare = measured(withoutSpace(word), size);
    if (filled + bare > width) end();
    if (bare <= width) {
      row.push(...word);
      filled += wide;
    } else
      for (const cluster of word) {
        const more = measured([cluster], size);
        if (filled + more > width) end();
        row.push(cluster);
        filled += more;
      }
    word = [];
  };
  for (const cluster of clusters) {
    word.push(cluster);
    if (cluster.last) take();
  }
  take();
  end();
  return rows;
}

function withoutSpace(clusters: readonly Cluster[]): readonly Cluster[] {
  let end = clusters.length;
  while (end > 0 && clusters[end - 1]!.space) end -= 1;
  return clusters.slice(0, end);
}

function measured(clusters: readonly Cluster[], size: number): number {
  return runsOf(clusters).reduce((sum, { text, face }) => sum + widthOf(text, face, size), 0);
}

function cut(
  row: readonly Cluster[],
  width: number,
  { size, bold }: { readonly size: number; readonly bold: boolean },
): Cluster[] {
  const last = row.at(-1)!;
  const ellipsis: Cluster = { ...last, text: '…', face: faceOf('…', { bold })!, space: false };
  const kept = [...row];
  while (kept.length > 0 && measured([...kept, ellipsis], size) > width) kept.pop();
  return [...kept, ellipsis];
}

interface Piece {
  text: string;
  readonly face: Face;
  readonly level: number;
  readonly space: boolean;
}

/** Neighbours of one font and direction; from right to left a word is one, since fontkit turns what it is given. */
function runsOf(clusters: readonly Cluster[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { text, face, level, space } of clusters) {
    const piece = pieces.at(-1);
    const together = piece?.face === face && piece.level === level && (level % 2 === 0 || piece.space === space);
    if (piece !== undefined && together) piece.text += text;
    else pieces.push({ text, face, level, space });
  }
  return pieces;
}

/** Rule L2: from the highest level down to the lowest odd one, what is at that level or above is turned round. */
function ordered(row: readonly Cluster[], size: number): Line {
  const pieces = runsOf(row);
  const highest = Math.max(0, ...pieces.map(({ level }) => level));
  for (let level = highest; level >= 1; level -= 1)
    for (let from = 0; from < pieces.length; from += 1) {
      let to = from;
      while (to < pieces.length && pieces[to]!.level >= level) to += 1;
      if (to > from) pieces.splice(from, to - from, ...pieces.slice(from, to).reverse());
      from = Math.max(from, to - 1);
    }
  let x = 0;
  const runs = pieces.map(({ text, face }): Run => {
    const width = widthOf(text, face, size);
    const run = { text, face, x, width };
    x += width;
    return run;
  });
  return { runs, width: x };
}
