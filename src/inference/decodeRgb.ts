// Encoded pictures -> 8-bit RGB, as transformers' load_image makes it with Pillow: turned upright by EXIF, the first frame
// of what moves, then convert('RGB'): transparency is dropped without a background, ICC profiles are not looked at, CMYK is
// (255 - c)(255 - k) / 255, 16-bit colour keeps its high byte, but 16-bit grey is cut off at 255 (nearly white), as there.
// Decoding is sharp's (libvips), which gives Pillow's bytes for JPEG, PNG, WebP and TIFF. GIF has a decoder of its own: sharp
// forgets the colour under transparent pixels. AVIF with subsampled colour differs where colours change sharply.
import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { checkScans, decodeSeconds, inDecodeTime, tooSlow } from '../decodeTime.js';
import { AppError, messageOf, whyUnreadable } from '../errors.js';
import { gifFirstFrame } from './gifFirstFrame.js';
import type { ImageSource } from './inference.js';
import type { RgbImage } from './resample.js';
import { tooManyPixels } from './tooManyPixels.js';

export interface DecodeLimits {
  /** Pixels of the picture as it is stored. */
  readonly maxPixels?: number;
  /** Bytes of a file. */
  readonly maxBytes?: number;
  /** Longest that decoding may take (ms). */
  readonly decodeMs?: number;
}

const MAX_PIXELS = 100_000_000;
const MAX_BYTES = 1 << 28;
const DECODE_MS = 60_000;

/** Throws BAD_IMAGE with the reason: missing, too large, not a picture, damaged, or of a kind that is not supported. */
export async function decodeRgb(source: ImageSource, limits: DecodeLimits = {}): Promise<RgbImage> {
  const bytes = 'bytes' in source ? source.bytes : await readPicture(source.path, limits.maxBytes ?? MAX_BYTES);
  const maxPixels = limits.maxPixels ?? MAX_PIXELS;
  const decodeMs = limits.decodeMs ?? DECODE_MS;
  const format = formatOf(bytes);
  try {
    if (format === 'GIF') return gifFirstFrame(bytes, maxPixels);
    checkScans(bytes);
    return await inDecodeTime(decodeWithSharp(bytes, { maxPixels, decodeMs }), decodeMs);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = messageOf(error);
    if (/^timeout:/.test(reason)) throw tooSlow(decodeMs, error);
    if (/exceeds pixel limit/i.test(reason)) throw tooManyPixels(maxPixels, error);
    throw new AppError('BAD_IMAGE', `damaged ${format} picture: ${reason.split('\n')[0]}`, { cause: error });
  }
}

async function readPicture(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new AppError('BAD_IMAGE', `the picture has ${size} bytes, more than ${maxBytes}`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('BAD_IMAGE', `cannot read the picture: ${whyUnreadable(error)}`, { cause: error });
  }
}

/** Only what starts like one of these reaches a decoder: no SVG, no PDF, nothing that libvips might also know. */
function formatOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 256));
  const starts = (text: string, at = 0) => head.toString('latin1', at, at + text.length) === text;
  if (starts('\xff\xd8\xff')) return 'JPEG';
  if (starts('\x89PNG\r\n\x1a\n')) return 'PNG';
  if (starts('GIF87a') || starts('GIF89a')) return 'GIF';
  if (starts('RIFF') && starts('WEBP', 8)) return 'WebP';
  if (starts('II*\0') || starts('MM\0*') || starts('II+\0') || starts('MM\0+')) return 'TIFF';
  if (starts('ftyp', 4) && /^(avif|avis|mif1|msf1)/.test(head.toString('latin1', 8))) return 'AVIF';
  if (bytes.length === 0) throw new AppError('BAD_IMAGE', 'the picture is empty');
  const text = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^<(!doctype html|html|head|body)/i.test(text)) throw new AppError('BAD_IMAGE', 'a web page, not a picture');
  if (/^<(\?xml|svg|!doctype svg)/i.test(text))
    throw new AppError('BAD_IMAGE', 'SVG and other XML are not accepted as pictures');
  throw new AppError('BAD_IMAGE', 'not a picture in a format that is read here (JPEG, PNG, WebP, GIF, TIFF, AVIF)');
}

async function decodeWithSharp(
  bytes: Uint8Array,
  { maxPixels, decodeMs }: Required<Pick<DecodeLimits, 'maxPixels' | 'decodeMs'>>,
): Promise<RgbImage> {
  // 'error': what decoders merely warn about passes, as with Pillow; missing data does not.
  const open = () =>
    sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true })
      .timeout(decodeSeconds(decodeMs))
      .autoOrient();
  const { space, depth, channels } = await sharp(bytes, { limitInputPixels: maxPixels }).metadata();
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw new AppError('BAD_IMAGE', `pixels of type ${depth} are not supported`);
  }
  if (space === 'cmyk') {
    if (depth !== 'uchar') throw new AppError('BAD_IMAGE', 'CMYK with more than 8 bits is not supported');
    const { data, info } = await open()
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data: cmykToRgb(data, info.channels), width: info.width, height: info.height };
  }
  if (space === 'grey16' && channels === 1) {
    const { data, info } = await open()
      .toColourspace('grey16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    return { data: greyToRgb(values, info.channels), width: info.width, height: info.height };
  }
  const { data, info } = await open()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data: firstThree(data, info.channels), width: info.width, height: info.height };
}

function cmykToRgb(data: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels) {
    const light = 255 - data[from + 3]!;
    for (let i = 0; i < 3; i++) {
      // Pillow's MULDIV255: x / 255, rounded, for products of two bytes.
      const product = data[from + i]! * light + 128;
      out[to++] = light - (((product >> 8) + product) >> 8);
    }
  }
  return out;
}

function greyToRgb(values: Uint16Array, channels: number): Uint8Array {
  const out = new Uint8Array((values.length / channels) * 3);
  for (let from = 0, to = 0; from < values.length; from += channels, to += 3)
    out.fill(Math.min(values[from]!, 255), to, to + 3);
  return out;
}

function firstThree(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const out = new Uint8Array((data.length / channels) * 3);
  const grey = channels < 3;
  for (let from = 0, to = 0; from < data.length; from += channels) {
    out[to++] = data[from]!;
    out[to++] = data[from + (grey ? 0 : 1)]!;
    out[to++] = data[from + (grey ? 0 : 2)]!;
  }
  return out;
}
