// Pages that are filled from top to bottom, with the structure that tells a screen reader what is what.
import PDFDocument from 'pdfkit';
import type { SmallCopy } from '../../ingest/smallCopies.js';
import { type Drawing, FONT_SIZE, type Tone } from '../charts/shapes.js';
import { type LaidOut, layOutText, type TextStyle } from './layOutText.js';

/** A4 in points. */
const [PAGE_WIDTH, PAGE_HEIGHT] = [595.28, 841.89];
const [MARGIN, HEAD, FOOT] = [48, 48, 52];
export const WIDTH = PAGE_WIDTH - 2 * MARGIN;

/** Each darker or paler than the others by so much that print in grey tells them apart. */
const TONES: Record<Tone, string> = {
  ink: '#24456b',
  pale: '#a3b3c7',
  rule: '#6b727c',
  negative: '#7a2c06',
  neutral: '#c3c7ce',
  positive: '#3f8f86',
  unknown: '#eceef1',
};
export const COLOURS = { ink: '#111417', soft: '#454b54', link: '#0b4a8f', light: '#ffffff' } as const;

export type Element = PDFKit.PDFStructureElement;
/** What an element of the structure is (PDF 1.7, 14.8.4). */
export type Tag = Parameters<PDFKit.PDFDocument['struct']>[0];

export interface Words extends TextStyle {
  readonly colour?: keyof typeof COLOURS;
  /** Where the words lead to. */
  readonly link?: string | undefined;
}

/** Words in their lines, with the height that they take. */
export interface SetText extends Words {
  readonly text: string;
  readonly laidOut: LaidOut;
  readonly width: number;
  readonly height: number;
}

const LEADING = 1.38;

export function setText(text: string, width: number, words: Words): SetText {
  const laidOut = layOutText(text, width, words);
  return { ...words, text, laidOut, width, height: laidOut.lines.length * words.size * LEADING };
}

export interface Paper {
  readonly doc: PDFKit.PDFDocument;
  /** Of the page that is being filled, from 1. */
  readonly page: number;
  /** How far down it is filled. */
  y: number;
  /** Begins a page where less than `height` is left of this one. */
  room(height: number): void;
  /** A part of the structure; what is put into it comes after what is there. */
  part(type: Tag, parent?: Element, options?: { readonly title?: string; readonly scope?: string }): Element;
  /** Words at a place, as one element of the structure. */
  write(
    text: SetText,
    at: { readonly x: number; readonly y: number },
    as: { readonly type: Tag; readonly parent: Element },
  ): void;
  draw(drawing: Drawing, at: { readonly x: number; readonly y: number }, parent: Element): void;
  picture(
    copy: SmallCopy,
    at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
    as: { readonly alt: string; readonly parent: Element },
  ): void;
  /** A line from side to side. */
  rule(y: number): void;
  /** Numbers the pages and ends the document. */
  end(footer: string): Promise<Buffer>;
}

export interface PaperOptions {
  readonly title: string;
  readonly subject: string;
  readonly madeBy: string;
  readonly madeAt: Date;
}

/** An empty document. The fonts of all that will be written must be open. */
export function openPaper({ title, subject, madeBy, madeAt }: PaperOptions): Paper {
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    tagged: true,
    displayTitle: true,
    lang: 'en-GB',
    pdfVersion: '1.7',
    info: {
      Title: title,
      Subject: subject,
      Author: madeBy,
      Creator: madeBy,
      Producer: `${madeBy} (pdfkit)`,
      CreationDate: madeAt,
      ModDate: madeAt,
    },
  });
  const chunks: Buffer[] = [];
  doc.on('data', (chunk: Buffer) => chunks.push(chunk));
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  const known = new Set<string>();
  const root = doc.struct('Document', { title });
  doc.addStructure(root);
  doc.addPage();
  let page = 1;

  const glyphs = (text: SetText, at: { readonly x: number; readonly y: number }) => {
    const { laidOut, size, colour = 'ink', width } = text;
    const [first] = laidOut.lines;
    if (first === undefined) return;
    doc.fillColor(COLOURS[colour]).fontSize(size);
    for (const [i, line] of laidOut.lines.entries()) {
      const from = laidOut.rtl ? at.x + width - line.width : at.x;
      // The baseline lies where the tallest of the fonts used for Latin would have it.
      const base = at.y + i * size * LEADING + size * 1.07;
      for (const { face, text: run, x } of line.runs) {
        if (!known.has(face.name)) {
          doc.registerFont(face.name, face.bytes);
          known.add(face.name);
        }
        doc.font(face.name).text(run, from + x, base, { lineBreak: false, baseline: 'alphabetic' });
      }
    }
  };
  const decor = (work: () => void) => {
    doc.markContent('Artifact', { type: 'Layout' });
    work();
    doc.endMarkedContent();
  };

  return {
    doc,
    get page() {
      return page;
    },
    y: HEAD,
    room(height) {
      if (this.y + height <= PAGE_HEIGHT - FOOT || this.y === HEAD) return;
      doc.addPage();
      page += 1;
      this.y = HEAD;
    },
    part(type, parent = root, options = {}) {
      const element = doc.struct(type, options);
      parent.add(element);
      return element;
    },
    write(text, at, { type, parent }) {
      const place = { x: MARGIN + at.x, y: at.y };
      const element = doc.struct(type);
      parent.add(element);
      if (text.link === undefined) element.add(() => glyphs(text, place));
      else {
        const link = doc.struct('Link');
        element.add(link);
        link.add(() => glyphs(text, place));
        const wide = Math.max(...text.laidOut.lines.map(({ width }) => width), 1);
        const x = text.laidOut.rtl ? place.x + text.width - wide : place.x;
        const options = {
          structParent: link,
          Contents: new String(text.link),
        } as unknown as PDFKit.Mixins.AnnotationOption;
        if (text.link.startsWith('#')) doc.goTo(x, place.y, wide, text.height, text.link.slice(1), options);
        else doc.link(x, place.y, wide, text.height, text.link, options);
        link.end();
      }
      element.end();
    },
    draw(drawing, at, parent) {
      const figure = doc.struct('Figure', { alt: drawing.says });
      parent.add(figure);
      figure.add(() => {
        doc.save().translate(MARGIN + at.x, at.y);
        for (const shape of drawing.shapes) {
          if (shape.kind === 'rect') doc.rect(shape.x, shape.y, shape.width, shape.height).fill(TONES[shape.tone]);
          else if (shape.kind === 'line')
            doc.moveTo(shape.x1, shape.y1).lineTo(shape.x2, shape.y2).lineWidth(0.5).stroke(TONES.rule);
        }
        doc.restore();
        for (const shape of drawing.shapes) {
          if (shape.kind !== 'text') continue;
          const size = FONT_SIZE * 0.82;
          const text = setText(shape.text, 400, { size });
          const wide = text.laidOut.lines[0]?.width ?? 0;
          const before = shape.anchor === 'start' ? 0 : shape.anchor === 'middle' ? wide / 2 : wide;
          glyphs(shape.light ? { ...text, colour: 'light' } : text, {
            x: MARGIN + at.x + shape.x - before,
            y: at.y + shape.y - size * 1.07,
          });
        }
      });
      figure.end();
    },
    picture({ jpeg }, { x, y, width, height }, { alt, parent }) {
      const figure = doc.struct('Figure', { alt });
      parent.add(figure);
      figure.add(() => {
        doc.image(jpeg, MARGIN + x, y, { fit: [width, height], align: 'center', valign: 'center' });
      });
      figure.end();
    },
    rule(y) {
      decor(
        () =>
          void doc
            .moveTo(MARGIN, y)
            .lineTo(PAGE_WIDTH - MARGIN, y)
            .lineWidth(0.5)
            .stroke(TONES.rule),
      );
    },
    end(footer) {
      const { count } = doc.bufferedPageRange();
      for (let i = 0; i < count; i += 1) {
        doc.switchToPage(i);
        doc.markContent('Artifact', { type: 'Pagination' });
        const size = 7.5;
        const y = PAGE_HEIGHT - FOOT + 18;
        glyphs(setText(footer, WIDTH - 70, { size, colour: 'soft', maxLines: 1 }), { x: MARGIN, y });
        const number = setText(`Page ${i + 1} of ${count}`, 70, { size, colour: 'soft' });
        glyphs(number, { x: PAGE_WIDTH - MARGIN - number.laidOut.lines[0]!.width, y });
        doc.endMarkedContent();
      }
      root.end();
      doc.end();
      return done;
    },
  };
}
