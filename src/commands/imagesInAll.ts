// Which images several files of captions can be compared on.
import { AppError } from '../errors.js';
import { printable } from './printable.js';

/** Images named in a warning. */
const NAMED = 3;

/**
 * The images that have references and a caption in every file. A caption of an image without references is an error, as in pycocoevalcap; an image
 * without a caption is left out with a warning, as there.
 */
export function imagesInAll(
  references: ReadonlyMap<string, readonly string[]>,
  results: readonly { readonly file: string; readonly captions: ReadonlyMap<string, string> }[],
  referenceFile: string,
): string[] {
  for (const { file, captions } of results) {
    const index = [...captions.keys()].findIndex((image) => !references.has(image));
    if (index !== -1) {
      const image = [...captions.keys()][index];
      throw new AppError(
        'BAD_USER_INPUT',
        `${file}, entry ${index}: image ${image} has no references in ${referenceFile}`,
      );
    }
    const missing = [...references.keys()].filter((image) => !captions.has(image));
    if (missing.length === 0) continue;
    const named = missing.slice(0, NAMED).join(', ') + (missing.length > NAMED ? ', ...' : '');
    process.stderr.write(
      `hotlens: ${printable(`${file}: ${missing.length} of ${references.size} images with references have no caption and are left out: ${named}`)}\n`,
    );
  }
  const images = [...references.keys()].filter((image) => results.every(({ captions }) => captions.has(image)));
  if (images.length === 0) {
    throw new AppError(
      'BAD_USER_INPUT',
      `no image has a caption in both ${results.map(({ file }) => file).join(' and ')}`,
    );
  }
  return images;
}
