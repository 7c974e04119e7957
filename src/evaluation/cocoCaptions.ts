// COCO's caption files: annotations ({ annotations: [{ image_id, caption }] }, any number of captions an image) and results ([{ image_id,
// caption }], one an image). What is wrong with one is said with its file and entry, counted from 0 as in the list.
import { readFileSync } from 'node:fs';
import { AppError, whyUnreadable } from '../errors.js';

/** The captions of each image, in the order of the file; images as text, since ids are numbers in some files and names in others. */
export function readReferences(file: string): Map<string, string[]> {
  const { annotations } = object(readJson(file), file);
  const references = new Map<string, string[]>();
  for (const { image, caption } of entries(annotations, file, 'annotations')) {
    const captions = references.get(image);
    if (captions === undefined) references.set(image, [caption]);
    else captions.push(caption);
  }
  if (references.size === 0) throw new AppError('BAD_USER_INPUT', `${file} has no annotations`);
  return references;
}

/** The caption of each image. A second caption of an image is refused. */
export function readResults(file: string): Map<string, string> {
  const results = new Map<string, string>();
  const first = new Map<string, number>();
  for (const { image, caption, index } of entries(readJson(file), file, 'the file')) {
    if (results.has(image)) {
      throw new AppError(
        'BAD_USER_INPUT',
        `${file}, entry ${index}: a second caption of image ${image} (the first is entry ${first.get(image)})`,
      );
    }
    results.set(image, caption);
    first.set(image, index);
  }
  if (results.size === 0) throw new AppError('BAD_USER_INPUT', `${file} has no captions`);
  return results;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', `${file} cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new AppError('BAD_USER_INPUT', `${file} is not JSON: ${whyUnreadable(cause)}`, { cause });
  }
}

function object(value: unknown, file: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('BAD_USER_INPUT', `${file}: expected an object with annotations, got ${kind(value)}`);
  }
  return value as Record<string, unknown>;
}

function* entries(
  list: unknown,
  file: string,
  where: string,
): Generator<{ image: string; caption: string; index: number }> {
  if (!Array.isArray(list)) {
    throw new AppError(
      'BAD_USER_INPUT',
      `${file}: expected ${where} to be a list of { image_id, caption }, got ${kind(list)}`,
    );
  }
  for (const [index, entry] of list.entries()) {
    const fail = (problem: string): never => {
      throw new AppError('BAD_USER_INPUT', `${file}, entry ${index}: ${problem}`);
    };
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      fail(`expected { image_id, caption }, got ${kind(entry)}`);
    }
    const { image_id: id, caption } = entry as Record<string, unknown>;
    if (typeof id !== 'string' && !Number.isSafeInteger(id)) {
      fail(`expected image_id to be a whole number or a name, got ${kind(id)}`);
    }
    if (typeof caption !== 'string') fail(`expected caption to be text, got ${kind(caption)}`);
    yield { image: String(id), caption: caption as string, index };
  }
}

/** What a value of JSON is, in words. */
function kind(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : String(value);
}
