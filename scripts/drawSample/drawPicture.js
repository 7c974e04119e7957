// One picture of the sample: the scene that shows its facts, cut and encoded.
import sharp from 'sharp';
import { drawScene } from '../../dist/training/scenes/drawScene.js';
import { FIELD } from '../../dist/training/scenes/layout.js';
import { readFacts } from '../../dist/training/scenes/readFacts.js';
import { sceneWith } from '../../dist/training/scenes/scene.js';

/** Pixels wide and high. Sprites are rasterised at 112: much larger, and they blur. */
const SIZE = 288;
/** The moving one is smaller: it has as many pictures as frames. */
const MOVING_SIZE = 192;
/**
 * Longer by shorter side of what is cut. The model squeezes every picture to a square and has learned from squares alone:
 * cut further, and figures would look unlike those it knows.
 */
const CUT = 6 / 5;

/** The bytes of the picture's file. */
export async function drawPicture(sprites, name, picture) {
  const scene = sceneOfPicture(sprites, name, picture);
  if (picture.frames) return moving(sprites, scene, picture.frames);
  const image = cut(rawOf(drawScene(sprites, scene, SIZE)), scene, name, picture.cut);
  if (picture.grey) return image.greyscale().toColourspace('b-w').png({ compressionLevel: 9 }).toBuffer();
  if (name.endsWith('.png')) return image.png({ palette: true, colours: 128, dither: 0, effort: 10 }).toBuffer();
  if (name.endsWith('.webp')) return image.webp({ quality: 78 }).toBuffer();
  if (!picture.sideways) return image.jpeg({ quality: 82, mozjpeg: true }).toBuffer();
  // Orientation 6: to be turned by 90 degrees clockwise when shown. So it is stored turned the other way.
  const upright = await image.png().toBuffer();
  return sharp(upright).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 82 }).toBuffer();
}

function sceneOfPicture(sprites, name, { shows, take = 0 }) {
  const { actor, count, place, ...rest } = readFacts(shows);
  if (actor === undefined || count === undefined || place === undefined) {
    throw new Error(`drawSample: expected ${name} to say who, how many and where, got "${shows}"`);
  }
  return sceneWith(sprites, { facts: { actor, count, place, ...rest }, id: `sample-${name}-${take}` });
}

function rawOf({ pixels, size }) {
  return sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
}

/** Leaves backdrop out, above or at the sides, and nothing of what stands in front of it. */
function cut(image, { layers }, name, shape) {
  if (shape === undefined) return image;
  const wide = shape === 'wide';
  const low = Math.min(...layers.map(({ left, top }) => (wide ? top : left)));
  const high = Math.max(...layers.map(({ left, top, width, height }) => (wide ? top + height : left + width)));
  const length = FIELD / CUT;
  if (high - low > length) throw new Error(`drawSample: ${name} shows too much to be ${shape}: choose another take`);
  const from = Math.round((Math.min(FIELD - length, Math.max(0, (low + high - length) / 2)) * SIZE) / FIELD);
  const kept = Math.round(SIZE / CUT);
  return image.extract(
    wide ? { left: 0, top: from, width: SIZE, height: kept } : { left: from, top: 0, width: kept, height: SIZE },
  );
}

/** Everyone jumps: the stage together, the audience each in their own time. */
async function moving(sprites, scene, frames) {
  const pictures = Array.from({ length: frames }, (_, i) => {
    const layers = scene.layers.map((layer, at) => {
      const beat = i / frames + (layer.light === 'audience' ? at / 7 : 0);
      return { ...layer, top: layer.top - 3 * Math.abs(Math.sin(Math.PI * beat)) };
    });
    return rawOf(drawScene(sprites, { ...scene, layers }, MOVING_SIZE))
      .png()
      .toBuffer();
  });
  return sharp(await Promise.all(pictures), { join: { animated: true } })
    .gif({ loop: 0, delay: 90, colours: 64, dither: 0 })
    .toBuffer();
}
