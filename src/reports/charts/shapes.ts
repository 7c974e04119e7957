// A drawing before it is one of a kind: rectangles, lines and words, which svgOf and the PDF put on paper alike.

/** What a shape says; how that looks is up to who draws. */
export type Tone = 'ink' | 'pale' | 'rule' | 'negative' | 'neutral' | 'positive' | 'unknown';

export type Shape =
  | {
      readonly kind: 'rect';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly tone: Tone;
    }
  | { readonly kind: 'line'; readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number }
  | {
      readonly kind: 'text';
      readonly x: number;
      /** Of the baseline. */
      readonly y: number;
      readonly text: string;
      readonly anchor: 'start' | 'middle' | 'end';
      /** On a dark rectangle. */
      readonly light?: boolean;
    };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
  /** What it shows, in words. */
  readonly says: string;
}

/** Of the words in a drawing. */
export const FONT_SIZE = 8.5;
