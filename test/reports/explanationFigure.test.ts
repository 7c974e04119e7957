import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { CaptionExplanation } from '../../src/inference/explain/explanation.js';
import { explanationFigure } from '../../src/reports/explanationFigure.js';
import { explanationPage } from '../../src/reports/explanationPage.js';
import { figurePicture } from '../../src/reports/figurePicture.js';
import { heat } from '../../src/reports/heat.js';
import { allowSvg } from '../support/allowSvg.js';

allowSvg();

const GRID = 4;
const even = Array<number>(GRID * GRID).fill(1 / GRID ** 2);
/** All attention on the patch in the upper right corner. */
const corner = even.map((_, i) => Number(i === GRID - 1));

function explanation(text: string): CaptionExplanation {
  const query = { classToken: 0, scales: [], patches: corner };
  const word = {
    text,
    start: 0,
    tokenIds: [5],
    logProb: -0.5,
    pictureShare: 0.5,
    queries: [1],
    map: corner,
    ecmaMap: null,
  };
  return {
    caption: text,
    tokenIds: [5],
    weights: 'attention',
    grid: GRID,
    words: [word],
    crossAttention: [{ layer: 0, queries: [query] }],
    ecma: null,
    modelDigest: 'd',
    adapterDigest: '',
  };
}

/** White: what is coloured is the map's. */
function whitePicture() {
  return figurePicture({ data: new Uint8Array(3 * 80 * 80).fill(255), width: 80, height: 80 });
}

describe('explanationFigure', () => {
  it('is red where the word looked and nowhere else', async () => {
    const figure = await explanationFigure(explanation('corner'), await whitePicture());
    // The first word's picture: find it in the markup, then look at its pixels.
    const [, x, y, width, height] = /<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/
      .exec(figure)!
      .map(Number);
    const [, offset] = /translate\(32 ([\d.]+)\)[^>]*><text[^>]*>Word by word/.exec(figure)!.map(Number);
    const { data, info } = await sharp(Buffer.from(figure)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const redness = (across: number, down: number) => {
      const column = Math.round(32 + x! + across * width!);
      const row = Math.round(offset! + y! + down * height!);
      const pixel = (row * info.width + column) * info.channels;
      return data[pixel]! - data[pixel + 1]!;
    };
    expect(redness(7 / 8, 1 / 8)).toBeGreaterThan(100);
    for (const [across, down] of [
      [1 / 8, 1 / 8],
      [1 / 8, 7 / 8],
      [7 / 8, 7 / 8],
      [3 / 8, 5 / 8],
    ] as const) {
      expect(redness(across, down)).toBeLessThan(10);
    }
  });

  it('shows a caption of markup and control characters as text', async () => {
    const hostile = '</text><script>alert(1)</script>&"\u0000\ud800';
    const figure = await explanationFigure(explanation(hostile), await whitePicture());
    expect(figure).not.toMatch(/<script/);
    expect(figure).not.toContain('\u0000');
    expect(figure).toContain('&lt;script&gt;');
    expect((await sharp(Buffer.from(figure)).metadata()).width).toBe(1200);
    expect(explanationPage(hostile, figure)).not.toMatch(/<script/);
  });
});

describe('heat', () => {
  it('has no edges where attention is even, and covers nothing where it is lowest', async () => {
    const alphas = async (map: readonly number[]) => {
      const uri = await heat(map, GRID, { size: GRID, smooth: false });
      const data = await sharp(Buffer.from(uri.split(',')[1]!, 'base64'))
        .raw()
        .toBuffer();
      return map.map((_, i) => data[4 * i + 3]!);
    };
    expect(new Set(await alphas(even)).size).toBe(1);
    expect((await alphas(corner)).map((alpha) => alpha > 0)).toEqual(corner.map((value) => value > 0));
  });
});
