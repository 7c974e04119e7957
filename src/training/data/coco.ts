// Captioned pictures from a file in COCO's caption format, or in that of A. Karpathy's splits (dataset_coco.json). What cannot
// be used is left out by itself, with its reason and place; the rest goes on.

import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { AppError, messageOf, whyUnreadable } from '../../errors.js';

export interface CaptionedImage {
  readonly id: number | string;
  /** Absolute path. */
  readonly file: string;
  /** One at least. */
  readonly captions: readonly string[];
  /** `train`, `restval`, `val` or `test`, where the file has splits. */
  readonly split?: string;
}

export interface CaptionedImages {
  readonly images: readonly CaptionedImage[];
  readonly rejected: readonly Rejected[];
}

export interface Rejected {
  /** "annotations[12]", "images[3]": where in the file. */
  readonly where: string;
  readonly reason: string;
}

interface Draft {
  readonly where: string;
  readonly id: number | string;
  readonly name: string;
  readonly captions: string[];
  readonly split?: string;
}

type Reject = (where: string, reason: string) => void;
type Fields = Readonly<Record<string, unknown>>;

/** Files looked for at once. */
const AT_ONCE = 64;

/**
 * Reads `annotationsFile`, whose pictures lie under `imagesDir`; with `splits`, only pictures of these (in the Karpathy format,
 * training data is `train` and `restval`). Order is that of the file.
 * Throws AppError BAD_USER_INPUT where the file cannot be read or is of neither format, or the folder is missing.
 */
export async function readCocoCaptions(
  annotationsFile: string,
  imagesDir: string,
  options: { splits?: readonly string[] } = {},
): Promise<CaptionedImages> {
  const content = await readJson(annotationsFile);
  const root = await realpath(imagesDir).catch((cause: unknown) => {
    throw new AppError('BAD_USER_INPUT', `${imagesDir}: cannot be read: ${whyUnreadable(cause)}`, { cause });
  });
  const rejected: Rejected[] = [];
  const reject: Reject = (where, reason) => rejected.push({ where, reason });
  const drafts = draftsOf(content, annotationsFile, reject);
  const { splits } = options;
  const wanted =
    splits === undefined ? drafts : drafts.filter(({ split }) => split !== undefined && splits.includes(split));
  if (splits !== undefined && drafts.length > 0 && drafts.every(({ split }) => split === undefined)) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${annotationsFile}: its images have no "split" to choose ${splits.join(', ')} by`,
    );
  }
  const images: CaptionedImage[] = [];
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    const batch = wanted.slice(start, start + AT_ONCE);
    const files = await Promise.all(batch.map(({ name }) => fileUnder(root, name)));
    for (const [i, { where, id, name, captions, split }] of batch.entries()) {
      const file = files[i];
      if (captions.length === 0) reject(where, `image ${id} has no caption`);
      else if (file === undefined) reject(where, `there is no file ${name} under ${imagesDir}`);
      else images.push({ id, file, captions, ...(split !== undefined && { split }) });
    }
  }
  return { images, rejected };
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('BAD_USER_INPUT', `${file}: cannot be read: ${whyUnreadable(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('BAD_USER_INPUT', `${file}: is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function draftsOf(content: unknown, file: string, reject: Reject): Draft[] {
  const fields = fieldsOf(content);
  const { images, annotations } = fields ?? {};
  if (!Array.isArray(images)) throw new AppError('BAD_USER_INPUT', `${file}: has no list of "images"`);
  if (Array.isArray(annotations)) return fromCoco(images, annotations, reject);
  if (images.some((image) => Array.isArray(fieldsOf(image)?.sentences))) return fromKarpathy(images, reject);
  throw new AppError(
    'BAD_USER_INPUT',
    `${file}: has neither a list of "annotations" (COCO) nor "sentences" in its images (Karpathy)`,
  );
}

function fromCoco(images: readonly unknown[], annotations: readonly unknown[], reject: Reject): Draft[] {
  const drafts = new Map<number | string, Draft>();
  for (const [i, image] of images.entries()) {
    const where = `images[${i}]`;
    const { id, file_name: name } = fieldsOf(image) ?? {};
    if (!isId(id)) reject(where, `expected "id" to be a number or a text, got ${shown(id)}`);
    else if (typeof name !== 'string' || name === '')
      reject(where, `expected "file_name" to be a text, got ${shown(name)}`);
    else if (drafts.has(id)) reject(where, `image ${id} is there twice`);
    else drafts.set(id, { where, id, name, captions: [] });
  }
  for (const [i, annotation] of annotations.entries()) {
    const where = `annotations[${i}]`;
    const { image_id: id, caption } = fieldsOf(annotation) ?? {};
    if (!isId(id)) reject(where, `expected "image_id" to be a number or a text, got ${shown(id)}`);
    else if (!isCaption(caption)) reject(where, `expected "caption" to be a text, got ${shown(caption)}`);
    else if (!drafts.has(id)) reject(where, `there is no usable image ${id}`);
    else drafts.get(id)!.captions.push(oneLine(caption));
  }
  return [...drafts.values()];
}

/** Pictures have `filename`, mostly below `filepath` ("val2014"), and `sentences` with the caption as `raw`. */
function fromKarpathy(images: readonly unknown[], reject: Reject): Draft[] {
  const drafts = new Map<number | string, Draft>();
  for (const [i, image] of images.entries()) {
    const where = `images[${i}]`;
    const { cocoid, imgid, filename, filepath, sentences, split } = fieldsOf(image) ?? {};
    // Flickr's files in this format have no COCO ids.
    const id = cocoid ?? imgid;
    if (!isId(id)) reject(where, `expected "cocoid" to be a number or a text, got ${shown(id)}`);
    else if (typeof filename !== 'string' || filename === '')
      reject(where, `expected "filename" to be a text, got ${shown(filename)}`);
    else if (!Array.isArray(sentences)) reject(where, `expected "sentences" to be a list, got ${shown(sentences)}`);
    else if (drafts.has(id)) reject(where, `image ${id} is there twice`);
    else {
      const raws = sentences.map((sentence) => fieldsOf(sentence)?.raw);
      for (const [k, raw] of raws.entries()) {
        if (!isCaption(raw)) reject(`${where}.sentences[${k}]`, `expected "raw" to be a text, got ${shown(raw)}`);
      }
      const name = typeof filepath === 'string' ? path.posix.join(filepath, filename) : filename;
      const captions = raws.filter(isCaption).map(oneLine);
      drafts.set(id, { where, id, name, captions, ...(typeof split === 'string' && { split }) });
    }
  }
  return [...drafts.values()];
}

/** The file's real path, or undefined: also where its name, or a link, leads out of the folder. */
async function fileUnder(root: string, name: string): Promise<string | undefined> {
  const file = path.resolve(root, name);
  if (!file.startsWith(root + path.sep)) return undefined;
  const real = await realpath(file).catch(() => undefined);
  return real?.startsWith(root + path.sep) ? real : undefined;
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function isId(value: unknown): value is number | string {
  return (typeof value === 'string' && value !== '') || (typeof value === 'number' && Number.isFinite(value));
}

function isCaption(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** A line break would end the caption there: BLIP-2 takes it for the end token. */
function oneLine(caption: string): string {
  return caption.trim().replace(/\s+/g, ' ');
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
