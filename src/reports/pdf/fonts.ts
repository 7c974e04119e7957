// The fonts that reports are set in, from npm packages: a face for each script, each in files by ranges of characters, opened when one of them is needed.
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { create, type Font } from 'fontkit';
import { PACKAGE_ROOT } from '../../config.js';

export interface Face {
  /** Unique; what the PDF knows it by. */
  readonly name: string;
  /** TrueType or OpenType. */
  readonly bytes: Buffer;
  readonly font: Font;
}

interface FaceFile {
  readonly file: string;
  /** First and last code points; null: whatever the font has. */
  readonly ranges: readonly (readonly [number, number])[] | null;
  face?: Face;
}

/** Style sheets with `src` and `unicode-range`, or files; in the order in which they are asked for a character. */
const FACES = {
  regular: [
    '@fontsource/noto-sans/400.css',
    '@embedpdf/fonts-arabic/fonts/NotoNaskhArabic-Regular.ttf',
    '@embedpdf/fonts-hebrew/fonts/NotoSansHebrew-Regular.ttf',
    '@fontsource/noto-sans-thai/400.css',
    'noto-sans-sc/noto_sans_sc_regular/css.css',
    '@openfonts/noto-sans-kr_korean/files/noto-sans-kr-korean-400.woff2',
    // Everything else there is, emoji too, drawn on a grid of pixels.
    '@fontsource/unifontex/files/unifontex-latin-400-normal.woff2',
  ],
  bold: [
    '@fontsource/noto-sans/700.css',
    '@embedpdf/fonts-arabic/fonts/NotoNaskhArabic-Bold.ttf',
    '@embedpdf/fonts-hebrew/fonts/NotoSansHebrew-Bold.ttf',
    '@fontsource/noto-sans-thai/700.css',
    'noto-sans-sc/noto_sans_sc_bold/css.css',
    '@openfonts/noto-sans-kr_korean/files/noto-sans-kr-korean-700.woff2',
    '@fontsource/unifontex/files/unifontex-latin-400-normal.woff2',
  ],
};
type Weight = keyof typeof FACES;

const lists = new Map<Weight, FaceFile[]>();
const opened = new Map<string, Promise<Face>>();

/** Opens the fonts that have the characters of these texts; `faceOf` knows no others. */
export async function openFonts(texts: Iterable<string>): Promise<void> {
  const points = new Set<number>();
  for (const text of texts) for (const character of text) points.add(character.codePointAt(0)!);
  for (const weight of ['regular', 'bold'] as const)
    for (const point of points) {
      if (isUnseen(point)) continue;
      for (const one of listOf(weight)) {
        if (!mayHave(one, point)) continue;
        one.face ??= await open(one.file);
        if (one.face.font.hasGlyphForCodePoint(point)) break;
      }
    }
}

/** The first opened face that has all of these characters together; undefined: none has. They are those of one letter or sign. */
export function faceOf(cluster: string, { bold }: { readonly bold: boolean }): Face | undefined {
  const points = [...cluster].map((character) => character.codePointAt(0)!).filter((point) => !isUnseen(point));
  const [first] = points;
  if (first === undefined) return undefined;
  for (const one of listOf(bold ? 'bold' : 'regular')) {
    const { face } = one;
    if (face === undefined || !mayHave(one, first)) continue;
    if (points.every((point) => face.font.hasGlyphForCodePoint(point))) return face;
  }
  return undefined;
}

/** Marks that say how their neighbours are shown and show nothing themselves. */
export function isUnseen(point: number): boolean {
  return (
    (point >= 0xfe00 && point <= 0xfe0f) ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x202a && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    (point >= 0xe0000 && point <= 0xe0fff) ||
    point === 0x061c ||
    point === 0x00ad ||
    point === 0xfeff
  );
}

function mayHave({ ranges }: FaceFile, point: number): boolean {
  return ranges === null || ranges.some(([from, to]) => point >= from && point <= to);
}

function open(file: string): Promise<Face> {
  let face = opened.get(file);
  if (face === undefined) {
    face = read(file);
    // A file that could not be read may be there the next time.
    face.catch(() => opened.delete(file));
    opened.set(file, face);
  }
  return face;
}

/** fontkit reads WOFF2 too, but its subsets of it are damaged: it is unpacked first. */
async function read(file: string): Promise<Face> {
  const packed = await readFile(file);
  let bytes = packed;
  if (file.endsWith('.woff2')) {
    const { default: decompress } = await import('woff2-encoder/decompress');
    bytes = Buffer.from(await decompress(packed));
  }
  const font = create(bytes);
  if (!('hasGlyphForCodePoint' in font)) throw new Error(`openFonts: expected one font in ${file}, got a collection`);
  return { name: path.basename(file), bytes, font };
}

function listOf(weight: Weight): FaceFile[] {
  let list = lists.get(weight);
  if (list === undefined) {
    list = FACES[weight].flatMap(filesOf);
    lists.set(weight, list);
  }
  return list;
}

/** Of a style sheet a file for each of its rules. */
function filesOf(source: string): FaceFile[] {
  const file = installed(source);
  if (!file.endsWith('.css')) return [{ file, ranges: null }];
  const rules = readFileSync(file, 'utf8').matchAll(/@font-face\s*\{([^}]*)\}/g);
  return [...rules].flatMap(([, rule]) => {
    const [, url] = /url\(['"]?([^'")]+\.woff2)['"]?\)/.exec(rule!) ?? [];
    const [, ranges] = /unicode-range:\s*([^;}]+)/i.exec(rule!) ?? [];
    if (url === undefined) return [];
    return [{ file: path.join(path.dirname(file), url), ranges: ranges === undefined ? null : rangesOf(ranges) }];
  });
}

/** 'U+0-ff, U+131' -> [[0, 255], [305, 305]] */
function rangesOf(text: string): (readonly [number, number])[] {
  return text.split(',').map((range) => {
    const [from, to] = range.trim().slice(2).split('-');
    return [Number.parseInt(from!, 16), Number.parseInt(to ?? from!, 16)] as const;
  });
}

/** In the nearest node_modules that has it: the packages do not say that these files may be asked for by name. */
function installed(source: string): string {
  for (let folder = PACKAGE_ROOT; ; folder = path.dirname(folder)) {
    const file = path.join(folder, 'node_modules', source);
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) throw new Error(`openFonts: ${source} is not installed`);
  }
}
