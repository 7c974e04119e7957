// A caption's explanation as one drawing: the words over the picture, ECMA scale by scale, and query by query.
import type { CaptionExplanation, EcmaLayerExplanation, QueryAttention } from '../inference/explain/explanation.js';
import { pictureMap, weightedMean } from '../inference/explain/pictureMap.js';
import type { FigurePicture } from './figurePicture.js';
import { heat } from './heat.js';
import { fitted, line, round, wrapped } from './svg.js';

const WIDTH = 1200;
const MARGIN = 32;
/** Left of rows of pictures, for what they are. */
const GUTTER = 112;
const GAP = 8;
const TOP_WIDTH = 250;
const WORDS_A_ROW = 8;
const QUERIES_A_ROW = 16;
/** Pixels of a map's colours: they are stretched over their picture. */
const HEAT = 96;

/** A part of the drawing: its markup from y = 0 down, and how high it is. */
interface Part {
  readonly markup: string;
  readonly height: number;
}

/** The drawing as an SVG document. */
export async function explanationFigure(explanation: CaptionExplanation, picture: FigurePicture): Promise<string> {
  const parts = [
    top(explanation, picture),
    await words(explanation, picture),
    ...(explanation.ecma === null ? [] : [await scales(explanation, explanation.ecma, picture)]),
    await queries(explanation, picture),
  ];
  let y = MARGIN;
  const placed = parts.map(({ markup, height }) => {
    const group = `<g transform="translate(${MARGIN} ${round(y)})">${markup}</g>`;
    y += height + MARGIN;
    return group;
  });
  const label = line(0, 0, `Explanation of: ${explanation.caption}`).replace(/^<text[^>]*>|<\/text>$/g, '');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${round(y)}" viewBox="0 0 ${WIDTH} ${round(y)}" font-family="'DejaVu Sans', Verdana, Arial, sans-serif" role="img">`,
    `<title>${label}</title>`,
    `<defs>${defined('picture', picture.uri)}${defined('pale', picture.pale)}</defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...placed,
    '</svg>',
    '',
  ].join('\n');
}

function top(
  { caption, words: found, modelDigest, adapterDigest, ecma, weights }: CaptionExplanation,
  picture: FigurePicture,
): Part {
  const height = heightOf(TOP_WIDTH, picture);
  const left = TOP_WIDTH + MARGIN;
  const lines = wrapped(caption, WIDTH - 2 * MARGIN - left, 24);
  const probability = Math.exp(found.reduce((sum, { logProb }) => sum + logProb, 0));
  const counted =
    weights === 'effect'
      ? 'For each word, queries count by how much less probable it gets without them.'
      : 'For each word, queries count by the language model’s attention to them when it chose the word.';
  const notes = [
    `probability ${number(probability)} · model ${modelDigest.slice(0, 12)}${ecma === null ? '' : ` · ECMA ${adapterDigest.slice(0, 12)}`}`,
    'Red is where a map is highest, clear where it is lowest; every map by itself.',
    counted,
    'Attention tells where the model looked. It does not prove why it said what it said.',
  ];
  const notesAt = 28 + 32 * lines.length;
  return {
    markup: [
      image('picture', { x: 0, y: 0, width: TOP_WIDTH, height }),
      ...lines.map((text, i) => line(left, 24 + 32 * i, text, { size: 24, bold: true })),
      ...notes.map((text, i) => line(left, notesAt + 22 * i, text, { grey: true })),
    ].join('\n'),
    height: Math.max(height, notesAt + 22 * notes.length),
  };
}

async function words({ words: found, grid, ecma }: CaptionExplanation, picture: FigurePicture): Promise<Part> {
  const width = (WIDTH - 2 * MARGIN - GUTTER - (WORDS_A_ROW - 1) * GAP) / WORDS_A_ROW;
  const height = heightOf(width, picture);
  const maps = ecma === null ? 1 : 2;
  const rowHeight = maps * (height + GAP) + 54;
  const cells = await Promise.all(
    found.map(async ({ text, logProb, pictureShare, map, ecmaMap }, i) => {
      const x = GUTTER + (i % WORDS_A_ROW) * (width + GAP);
      const y = 32 + Math.floor(i / WORDS_A_ROW) * rowHeight;
      const box = { x, width, height };
      const under = y + maps * (height + GAP);
      return [
        await mapped({ ...box, y }, map, grid),
        ...(ecma === null ? [] : [await mapped({ ...box, y: y + height + GAP }, ecmaMap, grid)]),
        line(x + width / 2, under + 12, fitted(text, width, 15), { size: 15, bold: true, anchor: 'middle' }),
        line(x + width / 2, under + 28, `p ${number(Math.exp(logProb))} · ${percent(pictureShare)}`, {
          size: 11,
          grey: true,
          anchor: 'middle',
        }),
      ].join('\n');
    }),
  );
  const rows = Math.ceil(found.length / WORDS_A_ROW);
  const labels = Array.from({ length: rows }, (_, row) => {
    const y = 32 + row * rowHeight;
    return [
      ...rowLabel(y + height / 2, ['cross-', 'attention']),
      ...(ecma === null ? [] : rowLabel(y + height + GAP + height / 2, ['ECMA,', 'all scales'])),
      line(0, y + maps * (height + GAP) + 28, 'p · on picture', { size: 11, grey: true }),
    ].join('\n');
  });
  const markup = [heading('Word by word'), ...labels, ...cells].join('\n');
  return { markup, height: 32 + rows * rowHeight - 20 };
}

/** ECMA's attention layer by layer and scale by scale, mean over queries. */
async function scales(
  { grid }: CaptionExplanation,
  ecma: readonly EcmaLayerExplanation[],
  picture: FigurePicture,
): Promise<Part> {
  const width = 118;
  const height = heightOf(width, picture);
  const label = 210;
  // At least the lines of text beside it.
  const rowHeight = Math.max(height + 40, 124);
  const rows = await Promise.all(
    ecma.map(async (layer, row) => {
      const y = 40 + row * rowHeight;
      const { classToken, scales: sides, patches } = meanAttention(layer.queries);
      const tiles = [...sides, { side: grid, cells: patches }];
      const gate = layer.gates === null ? 'no gates' : `mean gate ${number(mean(layer.gates))}`;
      return [
        line(0, y + 16, `layer ${layer.layer}`, { bold: true }),
        line(0, y + 38, `strength tanh(α) ${number(layer.strength)}`, { grey: true }),
        line(0, y + 58, gate, { grey: true }),
        line(0, y + 78, `changes queries by ${percent(mean(layer.changes))}`, { grey: true }),
        line(0, y + 98, `class token ${percent(classToken)}`, { grey: true }),
        ...(await Promise.all(
          tiles.map(async ({ side, cells }, i) => {
            const box = { x: label + i * (width + 2 * GAP), y, width, height };
            const share = percent(cells.reduce((a, b) => a + b, 0));
            const name = i === sides.length ? 'patches ' : '';
            return [
              await mapped(box, cells, side, false),
              line(box.x + width / 2, y + height + 18, `${name}${side} × ${side}: ${share}`, {
                size: 12,
                grey: true,
                anchor: 'middle',
              }),
            ].join('\n');
          }),
        )),
      ].join('\n');
    }),
  );
  const title = heading('ECMA, scale by scale', 'mean over queries; the share of attention that each scale has');
  return { markup: [title, ...rows].join('\n'), height: 40 + ecma.length * rowHeight - 12 };
}

async function queries(
  { crossAttention, ecma, grid, words: found }: CaptionExplanation,
  picture: FigurePicture,
): Promise<Part> {
  const width = (WIDTH - 2 * MARGIN - GUTTER - (QUERIES_A_ROW - 1) * 4) / QUERIES_A_ROW;
  const height = heightOf(width, picture);
  const count = crossAttention[0]!.queries.length;
  const rowsOfText: [string, (n: number) => string][] = [
    ['counts most for', (n) => wordOf(found, n)],
    ...(ecma ?? []).flatMap((layer): [string, (n: number) => string][] => [
      ...(layer.gates === null
        ? []
        : [[`gate, layer ${layer.layer}`, (n: number) => number(layer.gates![n]!)] as [string, (n: number) => string]]),
      [`change, layer ${layer.layer}`, (n) => percent(layer.changes[n]!)],
    ]),
  ];
  const pictures = ecma === null ? 1 : 2;
  const blockHeight = 20 + pictures * (height + 4) + 18 * rowsOfText.length + 16;
  const cell = async (n: number) => {
    const x = GUTTER + (n % QUERIES_A_ROW) * (width + 4);
    const y = 32 + Math.floor(n / QUERIES_A_ROW) * blockHeight;
    const box = { x, width, height };
    const middle = x + width / 2;
    const textAt = y + 20 + pictures * (height + 4);
    const looks = (layers: readonly { readonly queries: readonly QueryAttention[] }[]) =>
      weightedMean(
        layers.map((layer) => pictureMap(layer.queries[n]!, grid)),
        layers.map(() => 1),
      );
    return [
      line(middle, y + 12, String(n + 1), { size: 11, anchor: 'middle' }),
      await mapped({ ...box, y: y + 20 }, looks(crossAttention), grid),
      ...(ecma === null ? [] : [await mapped({ ...box, y: y + 24 + height }, looks(ecma), grid)]),
      ...rowsOfText.map(([, text], i) =>
        line(middle, textAt + 12 + 18 * i, fitted(text(n), width + 4, 10), { size: 10, grey: true, anchor: 'middle' }),
      ),
    ].join('\n');
  };
  const cells = await Promise.all(Array.from({ length: count }, (_, n) => cell(n)));
  const blocks = Math.ceil(count / QUERIES_A_ROW);
  const labels = Array.from({ length: blocks }, (_, block) => {
    const y = 32 + block * blockHeight;
    const textAt = y + 20 + pictures * (height + 4);
    return [
      line(0, y + 12, 'query', { size: 11 }),
      ...rowLabel(y + 20 + height / 2, ['cross-', 'attention']),
      ...(ecma === null ? [] : rowLabel(y + 24 + 1.5 * height, ['ECMA,', 'all scales'])),
      ...rowsOfText.map(([name], i) => line(0, textAt + 12 + 18 * i, name, { size: 10, grey: true })),
    ].join('\n');
  });
  const markup = [heading('Query by query', 'mean over layers'), ...labels, ...cells].join('\n');
  return { markup, height: 32 + blocks * blockHeight };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture under a map's colours; without a map, the word for nothing. */
async function mapped(box: Box, map: ArrayLike<number> | null, side: number, smooth = true): Promise<string> {
  if (map === null) {
    const middle = line(box.x + box.width / 2, box.y + box.height / 2, 'adds nothing', {
      size: 11,
      grey: true,
      anchor: 'middle',
    });
    return `<rect ${placed(box)} fill="#eef0f2"/>${middle}`;
  }
  const uri = await heat(map, side, { size: HEAT, smooth });
  return `${image('pale', box)}<image ${placed(box)} preserveAspectRatio="none" href="${uri}"/>`;
}

function defined(id: string, uri: string): string {
  return `<image id="${id}" width="100" height="100" preserveAspectRatio="none" href="${uri}"/>`;
}

/** One of the defined pictures. */
function image(id: string, { x, y, width, height }: Box): string {
  const scale = `${round(width / 100)} ${round(height / 100)}`;
  return `<use href="#${id}" transform="translate(${round(x)} ${round(y)}) scale(${scale})"/>`;
}

function placed({ x, y, width, height }: Box): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

function heading(text: string, more = ''): string {
  const note = more === '' ? '' : line(12 * text.length + 8, 14, more, { size: 12, grey: true });
  return line(0, 14, text, { size: 17, bold: true }) + note;
}

function rowLabel(middle: number, lines: readonly string[]): string[] {
  return lines.map((text, i) => line(0, middle + 16 * i - 2, text, { size: 12 }));
}

/** Pictures keep their shape, within reason: a strip would leave nothing to see. */
function heightOf(width: number, { width: w, height: h }: FigurePicture): number {
  return width * Math.min(1.5, Math.max(0.5, h / w));
}

function meanAttention(all: readonly QueryAttention[]): QueryAttention {
  const weights = all.map(() => 1);
  const average = (parts: readonly (readonly number[])[]) => weightedMean(parts, weights)!;
  return {
    classToken: mean(all.map(({ classToken }) => classToken)),
    scales: all[0]!.scales.map(({ side }, i) => ({
      side,
      cells: average(all.map(({ scales: own }) => own[i]!.cells)),
    })),
    patches: average(all.map(({ patches }) => patches)),
  };
}

/** The word for which query n counts most. */
function wordOf(found: CaptionExplanation['words'], n: number): string {
  const best = found.reduce((a, b) => (b.queries[n]! > a.queries[n]! ? b : a), found[0]!);
  return best === undefined ? '' : best.text;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function number(value: number): string {
  return value !== 0 && Math.abs(value) < 0.001 ? value.toExponential(0) : value.toFixed(value < 0.1 ? 3 : 2);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
