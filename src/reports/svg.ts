// Pieces of an SVG drawing.
import { escapeMarkup } from '../markup.js';

export { escapeMarkup };

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly grey?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** A line of text whose baseline begins (or has its middle, or ends) at x, y. */
export function line(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 13, bold = false, grey = false, anchor = 'start' } = style;
  const weight = bold ? ' font-weight="bold"' : '';
  const fill = grey ? '#5f6670' : '#16191d';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${weight} fill="${fill}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`;
}

/** The text cut with an ellipsis to about `width` pixels at a font size: letters are taken to be 0.6 of it wide. */
export function fitted(text: string, width: number, size = 13): string {
  const letters = [...text];
  const room = Math.max(1, Math.floor(width / (0.6 * size)));
  return letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`;
}

/** Words in lines of about `width` pixels. */
export function wrapped(text: string, width: number, size: number): string[] {
  const room = width / (0.6 * size);
  const lines: string[] = [];
  for (const word of text.split(/\s+/u)) {
    const last = lines.at(-1);
    if (last !== undefined && [...last].length + 1 + [...word].length <= room)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(fitted(word, width, size));
  }
  return lines;
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
