import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { decodeRgb } from '../../src/inference/decodeRgb.js';
import { type MediaStore, openMediaStore } from '../../src/ingest/mediaStore.js';
import { hammingDistance, perceptualHash } from '../../src/ingest/perceptualHash.js';
import { storeImage } from '../../src/ingest/storeImage.js';

let dataDir: string;
let media: MediaStore;
const limits = { maxBytes: 5 << 20, maxPixels: 4_000_000, decodeMs: 60_000 };
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'hotlens-media-'));
  media = openMediaStore(dataDir);
});
afterAll(() => rm(dataDir, { recursive: true }));

const store = (bytes: Uint8Array) => storeImage({ media, limits }, bytes);

/** A scene of soft blobs, another for each seed. */
function scene(seed: number, { width = 400, height = 300 } = {}) {
  let state = seed * 7919 + 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const blobs = Array.from({ length: 25 }, () => {
    const [x, y, r, grey] = [random() * 100, random() * 100, 4 + random() * 16, Math.floor(random() * 256)];
    return `<circle cx="${x}%" cy="${y}%" r="${r}%" fill="rgb(${grey},${255 - grey},${(grey * 7) % 256})"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#888"/>${blobs.join('')}</svg>`;
  return Buffer.from(svg);
}
/** Drawn from SVG, which storeImage has blocked for the whole process. */
async function draw(seed: number): Promise<Buffer> {
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
  try {
    return await sharp(scene(seed)).png().toBuffer();
  } finally {
    sharp.block({ operation: ['VipsForeignLoadSvg'] });
  }
}

describe('storeImage', () => {
  it('keeps the bytes as they came, under their hash, once, for nobody else to read', async () => {
    const bytes = await draw(1);
    const [first, again] = await Promise.all([store(bytes), store(bytes)]);
    expect(again).toEqual(first);
    expect(first).toMatchObject({
      bytes: bytes.length,
      mimeType: 'image/png',
      width: 400,
      height: 300,
      phash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await readFile(media.pathOf(first.sha256))).toEqual(bytes);
    expect(await readdir(path.dirname(media.pathOf(first.sha256)))).toEqual([first.sha256]);
    expect((await stat(path.join(dataDir, 'media'))).mode & 0o777).toBe(0o700);
    await media.delete(first.sha256);
    expect(await media.has(first.sha256)).toBe(false);
  });

  it.each([
    ['jpeg', 'image/jpeg'],
    ['webp', 'image/webp'],
    ['gif', 'image/gif'],
    ['tiff', 'image/tiff'],
    ['avif', 'image/avif'],
  ] as const)('knows %s', async (format, mimeType) => {
    expect(
      await store(
        await sharp(await draw(2))
          .toFormat(format)
          .toBuffer(),
      ),
    ).toMatchObject({ mimeType, width: 400, height: 300 });
  });

  it('turns the size as the EXIF orientation says', async () => {
    const turned = await sharp(await draw(3))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect(await store(turned)).toMatchObject({ width: 300, height: 400 });
  });

  it.each([
    ['nothing', async () => Buffer.alloc(0), 'the picture is empty'],
    ['a web page', async () => Buffer.from('<!doctype html><html></html>'), 'not a picture that can be read'],
    ['SVG', async () => scene(1), 'not a picture that can be read'],
    [
      'a JPEG cut short',
      async () =>
        (
          await sharp(await draw(4))
            .jpeg()
            .toBuffer()
        ).subarray(0, 3000),
      'not a picture that can be read',
    ],
    ['a PNG cut short', async () => (await draw(4)).subarray(0, 3000), 'not a picture that can be read'],
    [
      'a WebP cut short',
      async () =>
        (
          await sharp(await draw(4))
            .webp()
            .toBuffer()
        ).subarray(0, 2000),
      'not a picture that can be read',
    ],
    ['too many bytes', async () => Buffer.alloc(limits.maxBytes + 1), 'the picture is too large'],
    [
      'too many pixels',
      async () =>
        await sharp({ create: { width: 3000, height: 3000, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      'more than 4000000 pixels',
    ],
  ])('refuses %s, and keeps nothing of it', async (_title, make, reason) => {
    await expect(store(await make())).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      retryable: false,
      message: expect.stringContaining(reason),
    });
  });

  it.each(['gif', 'webp', 'tiff'] as const)(
    'reads the first of many frames, and bounds that one: %s',
    async (format) => {
      const frames = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          sharp({ create: { width: 60, height: 40, channels: 3, background: { r: 20 * i, g: 0, b: 0 } } })
            .png()
            .toBuffer(),
        ),
      );
      const moving = await sharp(frames, { join: { animated: true } })
        .toFormat(format)
        .toBuffer();
      // All frames together have twelve times as many pixels.
      const small = { ...limits, maxPixels: 60 * 40 };
      expect(await storeImage({ media, limits: small }, moving)).toMatchObject({ width: 60, height: 40 });
      await expect(storeImage({ media, limits: { ...limits, maxPixels: 60 * 40 - 1 } }, moving)).rejects.toMatchObject({
        code: 'BAD_IMAGE',
        message: 'the picture has more than 2399 pixels',
      });
    },
  );

  it('reads a GIF of a hundred thousand frames without unpacking them', async () => {
    const head = Buffer.from('474946383961010001008000000000' + '00ffffff', 'hex');
    const frame = Buffer.from('2c000000000100010000' + '0202440100', 'hex');
    const gif = Buffer.concat([head, Buffer.alloc(frame.length * 100_000, frame), Buffer.from([0x3b])]);
    expect(await store(gif)).toMatchObject({ mimeType: 'image/gif', width: 1, height: 1 });
  });

  it('takes what is a picture and something else too for the picture alone', async () => {
    const [png, jpeg, gif] = await Promise.all(
      (['png', 'jpeg', 'gif'] as const).map(async (format) =>
        sharp(await draw(5))
          .toFormat(format)
          .toBuffer(),
      ),
    );
    const html = Buffer.from('<script>alert(1)</script>');
    const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');
    expect(await store(Buffer.concat([png!, html]))).toMatchObject({ mimeType: 'image/png' });
    expect(await store(Buffer.concat([jpeg!, zip]))).toMatchObject({ mimeType: 'image/jpeg' });
    expect(await store(Buffer.concat([gif!, Buffer.from('/**/=1;alert(1)')]))).toMatchObject({ mimeType: 'image/gif' });
    // The other way round it is no picture.
    await expect(store(Buffer.concat([html, png!]))).rejects.toMatchObject({ code: 'BAD_IMAGE' });
  });

  it('refuses a JPEG of more scans than any camera makes, before it is decoded', async () => {
    const jpeg = await sharp(await draw(6))
      .jpeg({ progressive: true })
      .toBuffer();
    const from = jpeg.lastIndexOf(Buffer.from('ffda', 'hex'));
    const scan = jpeg.subarray(from, jpeg.length - 2);
    const bomb = Buffer.concat([
      jpeg.subarray(0, from),
      ...Array<Buffer>(100).fill(scan),
      jpeg.subarray(jpeg.length - 2),
    ]);
    await expect(store(bomb)).rejects.toMatchObject({ code: 'BAD_IMAGE', message: 'the JPEG has more than 100 scans' });
    expect(await store(jpeg)).toMatchObject({ mimeType: 'image/jpeg' });
  });

  it('gives a picture up that takes too long, and says so', async () => {
    // Four million pixels of noise take some 100 ms: a hundred times the limit.
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const slow = await sharp({ create: { width: 2000, height: 2000, channels: 3, background: 'red', noise } })
      .webp()
      .toBuffer();
    const hurried = { maxBytes: 50 << 20, maxPixels: 4_000_000, decodeMs: 1 };
    await expect(storeImage({ media, limits: hurried }, slow)).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      retryable: false,
      message: 'the picture takes longer than 1 ms to decode',
    });
    await expect(decodeRgb({ bytes: slow }, { decodeMs: 1 })).rejects.toMatchObject({
      code: 'BAD_IMAGE',
      message: 'the picture takes longer than 1 ms to decode',
    });
  });

  it('lets no path into the store but a hash', () => {
    expect(() => media.pathOf('../../etc/passwd')).toThrow('expected a SHA-256');
  });
});

describe('perceptualHash', () => {
  it('is near for copies that were resized and re-encoded, far for other pictures', async () => {
    const hashes = [];
    for (const seed of [11, 12, 13, 14, 15, 16]) {
      const original = await draw(seed);
      const copies = [
        await sharp(original).jpeg({ quality: 40 }).toBuffer(),
        await sharp(original).resize(133, 90, { fit: 'fill' }).webp({ quality: 60 }).toBuffer(),
        await sharp(original).resize(1000).jpeg().toBuffer(),
        await sharp(original).modulate({ brightness: 1.1 }).png().toBuffer(),
      ];
      const { phash } = await store(original);
      for (const copy of copies) expect(hammingDistance(phash, (await store(copy)).phash)).toBeLessThanOrEqual(6);
      hashes.push(phash);
    }
    for (const [i, a] of hashes.entries())
      for (const b of hashes.slice(i + 1)) expect(hammingDistance(a, b)).toBeGreaterThan(12);
  });

  it('is the signs of the frequencies that a picture is made of', () => {
    // A pure cosine of 2 half-waves across: coefficient (v 0, u 2) alone is large; bit 63 - 2 of the 64.
    const grey = Uint8Array.from({ length: 1024 }, (_, i) =>
      Math.round(128 + 100 * Math.cos(((2 * (i % 32) + 1) * 2 * Math.PI) / 64)),
    );
    expect((BigInt(`0x${perceptualHash(grey)}`) >> 61n) & 1n).toBe(1n);
    const negative = grey.map((value) => 256 - value);
    expect((BigInt(`0x${perceptualHash(negative)}`) >> 61n) & 1n).toBe(0n);
    expect(perceptualHash(new Uint8Array(1024).fill(77))).toBe('0000000000000000');
  });
});
