// The sprites of the scenes: icons of openly licensed emoji families, rasterised once into a cache file that loads in a
// fraction of a second. Licences and attribution: docs/scenes.md.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { AppError, whyUnreadable } from '../../errors.js';
import { CLASSES, FAMILIES, type Family, familyHas, type ThingClass } from './classes.js';
import { DRAWN } from './drawnSprites.js';
import { FIGURE_BOX, figureSvg } from './figure.js';

/** One picture of a class. */
export interface Sprite {
  readonly name: string;
  readonly classId: number;
  /** The family of its icon; own drawings belong to all. */
  readonly family: Family | 'drawn';
  readonly width: number;
  readonly height: number;
  /** RGBA, straight alpha, [height, width, 4], cut to what is not transparent. */
  readonly pixels: Uint8Array;
}

/** A sprite at one size: RGB premultiplied by alpha. */
export interface ScaledSprite {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

export interface SpriteSheet {
  readonly sprites: readonly Sprite[];
  /** Indices into `sprites` by class name. */
  readonly byClass: ReadonlyMap<string, readonly number[]>;
  /** Sprite `index` with a longest side of `size` pixels (at least 1), area-averaged; kept, since scenes use few sizes. */
  scaled(index: number, size: number): ScaledSprite;
}

/** Longest side, in pixels, at which sprites are rasterised. */
const RASTER = 112;
/** Raise when what is drawn changes without the tables changing. */
const FORMAT = 1;
const TONES = ['', '-light-skin-tone', '-medium-skin-tone', '-dark-skin-tone'];

interface Plan {
  readonly name: string;
  readonly classId: number;
  readonly family: Family | 'drawn';
  readonly icon: string;
  readonly variant: number;
}

interface IconSet {
  readonly version: string;
  readonly width: number;
  readonly height: number;
  readonly icons: Readonly<
    Record<string, { body: string; width?: number; height?: number; left?: number; top?: number }>
  >;
  readonly aliases: Readonly<Record<string, { parent: string }>>;
}

/**
 * Opens the sprites from the cache, or makes them from the sprite packages (some seconds).
 * `cacheDir` defaults to .cache/hotlens in the user's home.
 * Throws AppError CONFIG where a package is missing, or the cache cannot be written.
 */
export async function openSprites(options: { cacheDir?: string } = {}): Promise<SpriteSheet> {
  const versions = FAMILIES.map((family) => `${family} ${packageVersion(family)}`);
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        FORMAT,
        RASTER,
        versions,
        CLASSES,
        DRAWN,
        CLASSES.map(({ name, kind }) => (kind === 'person' ? figureSvg(name, '', 0) : '')),
      ]),
    )
    .digest('hex')
    .slice(0, 16);
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const file = path.join(cacheDir, `sprites-${key}.bin`);
  const cached = await readFile(file).catch(() => undefined);
  const read = cached === undefined ? undefined : decode(cached);
  if (read !== undefined) return sheetOf(read);
  const unwritable = (error: unknown) =>
    new AppError('CONFIG', `openSprites: cannot write the sprite cache ${file}: ${whyUnreadable(error)}`, {
      cause: error,
    });
  try {
    await mkdir(cacheDir, { recursive: true });
  } catch (error) {
    throw unwritable(error);
  }
  const sprites = await rasterise();
  try {
    // Written under another name first: two processes may do so at once, and a torn file must never be read.
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, encode(sprites));
    await rename(draft, file);
  } catch (error) {
    throw unwritable(error);
  }
  return sheetOf(sprites);
}

function defaultCacheDir(): string {
  return path.join(homedir(), '.cache', 'hotlens');
}

const require = createRequire(import.meta.url);

function packageVersion(family: Family): string {
  try {
    return (require(`@iconify-json/${family}/package.json`) as { version: string }).version;
  } catch (error) {
    throw new AppError(
      'CONFIG',
      `openSprites: the sprite package @iconify-json/${family} is not installed: run npm install (with development dependencies)`,
      { cause: error },
    );
  }
}

async function rasterise(): Promise<Sprite[]> {
  const sprites: Sprite[] = [];
  for (const family of FAMILIES) {
    const file = require.resolve(`@iconify-json/${family}/icons.json`);
    const set = { aliases: {}, width: 16, height: 16, ...JSON.parse(await readFile(file, 'utf8')) } as IconSet;
    const plans = CLASSES.flatMap((thing) => (familyHas(thing, family) ? plansOf(thing, family, set) : []));
    for (const plan of plans) sprites.push(await raster(plan, svgOf(plan, set)));
  }
  for (const { name, id } of CLASSES) {
    for (const [variant, body] of (DRAWN[name] ?? []).entries()) {
      const plan: Plan = { name, classId: id, family: 'drawn', icon: `${name}-${variant}`, variant };
      sprites.push(await raster(plan, wrap(body, 100, 100)));
    }
  }
  return sprites;
}

/** The pictures of a class in a family; people in every skin tone the family has. */
function plansOf({ name, id, kind, icons }: ThingClass, family: Family, set: IconSet): Plan[] {
  const names = icons.flatMap((icon) => (kind === 'person' ? TONES.map((tone) => icon + tone) : [icon]));
  const found = names.filter((icon) => set.icons[icon] !== undefined || set.aliases[icon] !== undefined);
  if (found.length === 0) throw new Error(`openSprites: ${family} has no icon of ${name} (${icons.join(', ')})`);
  return found.map((icon, variant) => ({ name, classId: id, family, icon, variant }));
}

function svgOf({ name, icon, variant }: Plan, set: IconSet): string {
  const found = set.icons[icon] ?? set.icons[set.aliases[icon]!.parent]!;
  const width = found.width ?? set.width;
  const height = found.height ?? set.height;
  const viewBox = `viewBox="${found.left ?? 0} ${found.top ?? 0} ${width} ${height}"`;
  const person = CLASSES.some((thing) => thing.name === name && thing.kind === 'person');
  if (person) return wrap(figureSvg(name, `${viewBox}>${found.body}`, variant), FIGURE_BOX.width, FIGURE_BOX.height);
  return wrap(`<svg width="100" height="100" ${viewBox}>${found.body}</svg>`, 100, 100);
}

function wrap(body: string, width: number, height: number): string {
  const scale = RASTER / Math.max(width, height);
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width * scale}" height="${height * scale}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
}

async function raster({ name, classId, family, icon }: Plan, svg: string): Promise<Sprite> {
  try {
    const { data, info } = await sharp(Buffer.from(svg), { density: 72 })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { name, classId, family, ...trim(data, info.width, info.height) };
  } catch (error) {
    throw new Error(`openSprites: cannot rasterise ${icon} of ${family}`, { cause: error });
  }
}

/** Cuts away what is transparent all around. */
function trim(data: Uint8Array, width: number, height: number) {
  let left = width;
  let right = -1;
  let top = height;
  let bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[4 * (y * width + x) + 3]! < 24) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) throw new Error('an empty picture');
  const [w, h] = [right - left + 1, bottom - top + 1];
  const pixels = new Uint8Array(4 * w * h);
  for (let y = 0; y < h; y++) {
    const from = 4 * ((top + y) * width + left);
    pixels.set(data.subarray(from, from + 4 * w), 4 * y * w);
  }
  return { width: w, height: h, pixels };
}

// The cache: the length of a JSON head in 4 bytes, the head, then the pixels of all sprites one after another.

function encode(sprites: readonly Sprite[]): Uint8Array {
  const head = Buffer.from(JSON.stringify(sprites.map(({ pixels: _, ...rest }) => rest)));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, ...sprites.map(({ pixels }) => pixels)]);
}

/** Undefined where the file is not whole: it is then made again. */
function decode(bytes: Buffer): Sprite[] | undefined {
  if (bytes.length < 4 || bytes.length < 4 + bytes.readUInt32LE()) return undefined;
  const start = 4 + bytes.readUInt32LE();
  let heads: Omit<Sprite, 'pixels'>[];
  try {
    heads = JSON.parse(bytes.subarray(4, start).toString()) as Omit<Sprite, 'pixels'>[];
  } catch {
    return undefined;
  }
  let at = start;
  const sprites = heads.map((head) => {
    const size = 4 * head.width * head.height;
    at += size;
    return {
      ...head,
      pixels: new Uint8Array(
        bytes.buffer,
        bytes.byteOffset + at - size,
        Math.min(size, Math.max(0, bytes.length - at + size)),
      ),
    };
  });
  return at === bytes.length ? sprites : undefined;
}

function sheetOf(sprites: readonly Sprite[]): SpriteSheet {
  const byClass = new Map<string, number[]>();
  for (const [index, { name }] of sprites.entries()) byClass.set(name, [...(byClass.get(name) ?? []), index]);
  const kept: ScaledSprite[][] = sprites.map(() => []);
  const scaled = (index: number, size: number) => {
    const found = kept[index]![size];
    if (found !== undefined) return found;
    const sprite = sprites[index]!;
    const scale = size / Math.max(sprite.width, sprite.height);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    const made = shrink(sprite, side(sprite.width), side(sprite.height));
    kept[index]![size] = made;
    return made;
  };
  return { sprites, byClass, scaled };
}

/** Area averaging of the premultiplied picture, columns first, then rows; where it enlarges, neighbours mix. */
function shrink(sprite: Sprite, width: number, height: number): ScaledSprite {
  const { pixels, width: fromWidth, height: fromHeight } = sprite;
  const columns = sharesOf(fromWidth, width);
  const narrow = new Float32Array(4 * width * fromHeight);
  for (let y = 0; y < fromHeight; y++) {
    for (let x = 0, k = 0; x < width; x++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (const end = columns.ends[x]!; k < end; k++) {
        const at = 4 * (y * fromWidth + columns.sources[k]!);
        const alpha = columns.shares[k]! * pixels[at + 3]!;
        r += alpha * pixels[at]!;
        g += alpha * pixels[at + 1]!;
        b += alpha * pixels[at + 2]!;
        a += alpha;
      }
      const to = 4 * (y * width + x);
      narrow[to] = r / 255;
      narrow[to + 1] = g / 255;
      narrow[to + 2] = b / 255;
      narrow[to + 3] = a;
    }
  }
  const lines = sharesOf(fromHeight, height);
  const rgba = new Uint8Array(4 * width * height);
  const line = new Float32Array(4 * width);
  for (let y = 0, k = 0; y < height; y++) {
    line.fill(0.5);
    for (const end = lines.ends[y]!; k < end; k++) {
      const share = lines.shares[k]!;
      const from = 4 * width * lines.sources[k]!;
      for (let i = 0; i < line.length; i++) line[i] = line[i]! + share * narrow[from + i]!;
    }
    rgba.set(line, 4 * width * y);
  }
  return { width, height, rgba };
}

/** For each of `to` pixels, the source pixels it covers with their shares (sum 1): entries `ends[i - 1]` to `ends[i]`. */
function sharesOf(from: number, to: number) {
  const step = from / to;
  const reach = Math.max(step, 1);
  const [ends, sources, shares]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < to; i++) {
    const low = (i + 0.5) * step - reach / 2;
    for (let k = Math.floor(low); k < low + reach; k++) {
      const share = (Math.min(k + 1, low + reach) - Math.max(k, low)) / reach;
      if (share <= 0) continue;
      sources.push(Math.min(from - 1, Math.max(0, k)));
      shares.push(share);
    }
    ends.push(sources.length);
  }
  return { ends: Int32Array.from(ends), sources: Int32Array.from(sources), shares: Float32Array.from(shares) };
}
