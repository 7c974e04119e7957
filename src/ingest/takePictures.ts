// The pictures that come along with posts into the media store. Most pictures of a stream are reposts: of each content only the first
// is decoded and written, which takes some 7 ms of processors (720 x 720 pixels, JPEG, 50 kB).
import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { imagesByHash } from '../db/imagesByHash.js';
import { AppError } from '../errors.js';
import { inTurn } from '../inTurn.js';
import { cleanText } from './cleanText.js';
import { type HashedFiles, openHashedFiles } from './hashedFiles.js';
import type { MediaStore } from './mediaStore.js';
import { persist, type Wait } from './persist.js';
import type { PostPicture } from './readPictures.js';
import { remember } from './remember.js';
import { type ImageLimits, type StoredImage, storeImage } from './storeImage.js';

/** A picture of a post as it will be written. */
export interface PreparedPicture {
  readonly altText: string | null;
  readonly url: string | null;
  /** Set where the bytes came along and are in the media store. */
  readonly image: StoredImage | null;
  /** Why the bytes that came along cannot be used. */
  readonly error: string | null;
  /** Puts the bytes into the media store once more: they may be erased with the last post that showed them before this one is written. */
  readonly storeAgain?: () => Promise<void>;
}

export interface TakeOptions {
  readonly pool: Pool;
  readonly media: MediaStore;
  readonly limits: ImageLimits;
  /** Folder that rows may name files of. */
  readonly imagesDir: string | undefined;
  readonly wait?: Wait | undefined;
}

/** What came along: its hash, and its bytes for whoever needs them. Those of files are not held: a batch may name gigabytes. */
interface Content {
  readonly sha256: string;
  readonly read: () => Promise<Uint8Array>;
}

/** Files that are hashed at the same time, and pictures that are decoded: libvips has threads of its own. */
const PARALLEL_FILES = 8;
const PARALLEL_PICTURES = 4;

/**
 * The function that takes in the pictures of a batch; what it has seen it remembers for the next ones. Resolves to one for each, in
 * their order: a picture that can't be used says why, for all else it rejects.
 */
export function openPictures(options: TakeOptions): (pictures: readonly PostPicture[]) => Promise<PreparedPicture[]> {
  const { limits, imagesDir } = options;
  const files = openHashedFiles({ directory: imagesDir, maxBytes: limits.maxBytes });
  const seen = new Map<string, StoredImage>();
  return async (pictures) => {
    const contents = await contentsOf(pictures, files);
    const distinct = new Map<string, Content>();
    for (const content of contents)
      if (content !== null && !isError(content) && !distinct.has(content.sha256)) distinct.set(content.sha256, content);
    const images = await imagesOf([...distinct.values()], seen, options);
    return pictures.map((picture, i): PreparedPicture => {
      const altText = picture.altText === null ? null : cleanText(picture.altText);
      const content = contents[i]!;
      if (content === null)
        return { altText, url: picture.kind === 'url' ? picture.url : null, image: null, error: null };
      const image = isError(content) ? content : images.get(content.sha256)!;
      if (isError(image) || isError(content))
        return { altText, url: null, image: null, error: cleanText((image as AppError).message) };
      return { altText, url: null, image, error: null, storeAgain: () => storeAgain(image, content, options) };
    });
  };
}

/** Null for pictures that are to be fetched from an address. */
async function contentsOf(
  pictures: readonly PostPicture[],
  files: HashedFiles,
): Promise<(Content | AppError | null)[]> {
  const turn = inTurn(PARALLEL_FILES);
  const names = new Set(pictures.flatMap((picture) => (picture.kind === 'file' ? [picture.file] : [])));
  const hashes = new Map(
    await Promise.all([...names].map(async (name) => [name, await turn(() => usableOrWhy(files.hash(name)))] as const)),
  );
  return pictures.map((picture) => {
    switch (picture.kind) {
      case 'url':
        return null;
      case 'bytes':
        return {
          sha256: createHash('sha256').update(picture.bytes).digest('hex'),
          read: async () => picture.bytes,
        };
      case 'file': {
        const sha256 = hashes.get(picture.file)!;
        return isError(sha256) ? sha256 : { sha256, read: () => files.read(picture.file) };
      }
      default:
        throw new Error(`contentsOf: expected a known kind of picture, got ${JSON.stringify(picture satisfies never)}`);
    }
  });
}

/** Each content by its hash: as it was seen before where it is still kept, otherwise decoded and stored. */
async function imagesOf(
  contents: readonly Content[],
  seen: Map<string, StoredImage>,
  { pool, media, limits, wait }: TakeOptions,
): Promise<Map<string, StoredImage | AppError>> {
  const kept = await Promise.all(contents.map(({ sha256 }) => media.keep(sha256)));
  // The database is asked only of what the store has and this import has not seen: it answers behind the batch that is just written.
  const asked = contents.flatMap(({ sha256 }, i) => (kept[i] && !seen.has(sha256) ? [sha256] : []));
  const known = asked.length === 0 ? [] : await persist(() => imagesByHash(pool, asked), wait);
  for (const image of known) remember(seen, image.sha256, image);
  const turn = inTurn(PARALLEL_PICTURES);
  const store = async ({ sha256, read }: Content) => {
    const image = await turn(() => usableOrWhy(persist(async () => storeImage({ media, limits }, await read()), wait)));
    // A file that was changed meanwhile is another picture.
    if (!isError(image) && image.sha256 === sha256) remember(seen, sha256, image);
    return image;
  };
  return new Map(
    await Promise.all(
      contents.map(async (content, i) => {
        const image = kept[i] ? seen.get(content.sha256) : undefined;
        return [content.sha256, image !== undefined && isWithin(image, limits) ? image : await store(content)] as const;
      }),
    ),
  );
}

/** A picture may have been let in by wider limits. */
function isWithin({ bytes, width, height }: StoredImage, { maxBytes, maxPixels }: ImageLimits): boolean {
  return bytes <= maxBytes && width * height <= maxPixels;
}

async function storeAgain({ sha256 }: StoredImage, { read }: Content, { media, wait }: TakeOptions): Promise<void> {
  const bytes = await read();
  if ((await persist(() => media.put(bytes), wait)) !== sha256)
    throw new AppError('CONFLICT', 'a picture was changed while its posts came in: repeat the import');
}

/** What is wrong with the picture ends with the picture; a full disk does not, and nor does the picture for it. */
async function usableOrWhy<T>(work: Promise<T>): Promise<T | AppError> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return error;
  }
}

function isError(value: unknown): value is AppError {
  return value instanceof AppError;
}
