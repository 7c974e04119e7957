import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { decodeRgb } from '../../src/inference/decodeRgb.js';
import { createImageProcessor } from '../../src/inference/imageProcessor.js';
import { resample } from '../../src/inference/resample.js';
import { readTensors } from '../support/closeness.js';

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const bytesOf = (path: string) => new Uint8Array(readFileSync(fixture(path)));
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

// What Pillow 12.3.0 makes of them: bench/peers/makeImageCases.py.
const pillow = json(fixture('images/expected.json')) as {
  cases: Record<string, { mode: string; width: number; height: number; rgb: string }>;
  resamples: { resample: number; width: number; height: number; rgb: string }[];
};

function difference(a: Uint8Array, b: Uint8Array): { max: number; mean: number } {
  expect(a.length).toBe(b.length);
  let max = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    max = Math.max(max, d);
    sum += d;
  }
  return { max, mean: sum / a.length };
}

describe('createImageProcessor', () => {
  test.each(['blip2-opt-tiny', 'checkpoints/opt-post-norm', 'checkpoints/other-heads'])(
    'gives the pixel values of BlipImageProcessor for %s',
    async (name) => {
      const processor = createImageProcessor(json(fixture(`${name}/preprocessor_config.json`)));
      const { data, shape } = (await readTensors(fixture(`${name}/expected.safetensors`))).pixel_values!;
      expect(shape).toEqual([3, 3, processor.size.height, processor.size.width]);
      for (const i of [0, 1, 2]) {
        const prepared = await processor.prepare({ path: fixture(`blip2-opt-tiny/image${i}.png`) });
        // Equal to the last bit.
        expect(
          Buffer.compare(
            Buffer.from(prepared.buffer),
            Buffer.from(data.slice(i * prepared.length, (i + 1) * prepared.length).buffer),
          ),
        ).toBe(0);
      }
    },
  );

  test('takes the processor’s own defaults where the file says nothing, and an integer as a square', () => {
    expect(createImageProcessor({}).size).toEqual({ width: 384, height: 384 });
    expect(createImageProcessor({ size: 30 }).size).toEqual({ width: 30, height: 30 });
  });

  test('do_rescale and do_normalize can be off', async () => {
    const processor = createImageProcessor({ size: { height: 14, width: 19 }, do_rescale: false, do_normalize: false });
    const { data } = await decodeRgb({ path: fixture('images/rgb.png') });
    const values = await processor.prepare({ path: fixture('images/rgb.png') });
    expect([values[0], values[14 * 19], values[2 * 14 * 19]]).toEqual([data[0], data[1], data[2]]);
  });

  test.each([
    [{ size: { shortest_edge: 224 } }, /shortest_edge/],
    [{ do_center_crop: true }, /do_center_crop/],
    [{ do_pad: true }, /do_pad/],
    [{ do_resize: false }, /do_resize/],
    [{ do_convert_rgb: false }, /do_convert_rgb/],
    [{ resample: 6 }, /resample = 6/],
    [{ image_mean: [1, 2] }, /image_mean/],
    [null, /preprocessor_config.json/],
  ])('refuses %j', (config, message) => {
    expect(() => createImageProcessor(config)).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL', message: expect.stringMatching(message) }),
    );
  });
});

describe('resample', () => {
  test.each(pillow.resamples.map((one) => [one.resample, one.width, one.height, one] as const))(
    'filter %d to %d x %d equals Pillow bit for bit',
    async (kind, width, height, { rgb }) => {
      const image = await decodeRgb({ path: fixture('images/rgb.png') });
      expect(difference(resample(image, { width, height }, kind).data, bytes(rgb)).max).toBe(0);
    },
  );
});

describe('decodeRgb', () => {
  // libheif and libavif interpolate subsampled colours differently; this picture is noise, the worst case.
  const inexact: Record<string, { max: number; mean: number }> = { 'avif.avif': { max: 60, mean: 12 } };

  test.each(Object.entries(pillow.cases).map(([name, one]) => [name, one.mode, one] as const))(
    '%s (%s) is what Pillow reads',
    async (name, _, { width, height, rgb }) => {
      const image = await decodeRgb({ bytes: bytesOf(`images/${name}`) });
      expect([image.width, image.height]).toEqual([width, height]);
      const { max, mean } = difference(image.data, bytes(rgb));
      expect(max).toBeLessThanOrEqual(inexact[name]?.max ?? 0);
      expect(mean).toBeLessThanOrEqual(inexact[name]?.mean ?? 0);
    },
  );

  const png = () => bytesOf('images/rgb.png');
  const cut = (name: string, share: number) =>
    bytesOf(`images/${name}`).slice(0, Math.floor(bytesOf(`images/${name}`).length * share));
  const text = (content: string) => new TextEncoder().encode(content);
  test.each([
    ['nothing', new Uint8Array(0), /empty/],
    ['a web page', text('\n <!DOCTYPE html><html><body>404</body></html>'), /web page/],
    ['SVG', text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /SVG/],
    ['SVG behind an XML head', text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), /SVG/],
    ['noise', Uint8Array.from({ length: 500 }, (_, i) => (i * 151) % 256), /not a picture/],
    ['a head without a body', png().slice(0, 8), /damaged PNG/],
    ['half a PNG', cut('rgb.png', 0.5), /damaged PNG/],
    ['half a JPEG', cut('jpeg-444.jpg', 0.8), /damaged JPEG/],
    ['half a progressive JPEG', cut('jpeg-progressive.jpg', 0.8), /damaged JPEG/],
    ['half a WebP', cut('webp.webp', 0.6), /damaged WebP/],
    ['half a GIF', cut('still.gif', 0.7), /damaged GIF/],
    ['half a TIFF', cut('lzw.tiff', 0.5), /damaged TIFF/],
  ])('refuses %s', async (_, content, message) => {
    await expect(decodeRgb({ bytes: content })).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringMatching(message),
    });
  });

  test('refuses more pixels than allowed before it decodes them', async () => {
    for (const name of ['rgb.png', 'jpeg-444.jpg', 'still.gif', 'webp.webp']) {
      await expect(decodeRgb({ bytes: bytesOf(`images/${name}`) }, { maxPixels: 19 * 14 - 1 })).rejects.toMatchObject({
        code: 'BAD_IMAGE',
        message: expect.stringMatching(/more than 265 pixels/),
      });
      await expect(decodeRgb({ bytes: bytesOf(`images/${name}`) }, { maxPixels: 19 * 14 })).resolves.toMatchObject({
        width: 19,
      });
    }
    // A bomb: a head that promises 30,000 x 30,000 pixels.
    const bomb = png();
    new DataView(bomb.buffer).setUint32(16, 30_000);
    new DataView(bomb.buffer).setUint32(20, 30_000);
    await expect(decodeRgb({ bytes: bomb })).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });

  test('a missing file, a folder and a file that is too large are the picture’s fault', async () => {
    await expect(decodeRgb({ path: fixture('images/none.png') })).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringMatching(/picture: no such file$/),
    });
    await expect(decodeRgb({ path: fixture('images') })).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringMatching(/folder/),
    });
    await expect(decodeRgb({ path: fixture('images/rgb.png') }, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: expect.stringMatching(/more than 100/),
    });
  });
});
