import sharp from 'sharp';

/**
 * Lets this process read SVG again. Importing storeImage forbids it for the whole process, as it should where strangers' files are read,
 * and Jest runs many test files in one; each that imports storeImage forbids it anew.
 */
export function allowSvg(): void {
  sharp.unblock({ operation: ['VipsForeignLoadSvg'] });
}
