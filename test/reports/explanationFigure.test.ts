import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { CaptionExplanation } from '../../src/inference/explain/explanation.js';
import { explanationFigure } from '../../src/reports/explanationFigure.js';
import { explanationPage } from '../../src/reports/explanationPage.js';
import { shade } from '../../src/reports/shade.js';

const GRID = 4;
const even = Array<number>(GRID * GRID).fill(1 / GRID ** 2);
/** All attention on the patch in the upper right corner. */
const corner = even.map((_, i) => Number(i === GRID - 1));

function explanation(text: string): CaptionExplanation {
  const query = { classToken: 0, scales: [], patches: corner };
  const word = { text, tokenIds: [5], logProb: -0.5, pictureShare: 0.5, queries: [1], map: corner, ecmaMap: null };
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

async function whitePicture() {
  const png = await sharp({ create: { width: 80, height: 80, channels: 3, background: '#ffffff' } })
    .png()
    .toBuffer();
  return { uri: `data:image/png;base64,${png.toString('base64')}`, width: 80, height: 80 };
}

describe('explanationFigure', () => {
  it('is bright where the word looked and dark elsewhere', async () => {
    const figure = await explanationFigure(explanation('corner'), await whitePicture());
    // The first word's picture: find it in the markup, then look at its pixels.
    const [, x, y, width, height] = /<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/
      .exec(figure)!
      .map(Number);
    const [, offset] = /translate\(32 ([\d.]+)\)[^>]*><text[^>]*>Word by word/.exec(figure)!.map(Number);
    const { data, info } = await sharp(Buffer.from(figure)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const brightness = (across: number, down: number) => {
      const column = Math.round(32 + x! + across * width!);
      const row = Math.round(offset! + y! + down * height!);
      return data[(row * info.width + column) * info.channels]!;
    };
    expect(brightness(7 / 8, 1 / 8)).toBeGreaterThan(200);
    for (const [across, down] of [
      [1 / 8, 1 / 8],
      [1 / 8, 7 / 8],
      [7 / 8, 7 / 8],
      [3 / 8, 5 / 8],
    ] as const) {
      expect(brightness(across, down)).toBeLessThan(80);
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

describe('shade', () => {
  it('hides nothing of a picture on which attention is even', async () => {
    const uri = await shade(even, GRID, { size: 8, smooth: true });
    const { data } = await sharp(Buffer.from(uri.split(',')[1]!, 'base64'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(Math.max(...data)).toBe(0);
  });
});
