// Batches for the vision tower: drawn scenes with a class for each patch.
import type * as ort from 'onnxruntime-node';
import { floats, ids } from '../../onnx/tensors.js';
import { CLASSES } from '../scenes/classes.js';
import { drawScene } from '../scenes/drawScene.js';
import { PLACES, WEATHERS } from '../scenes/facts.js';
import type { Random } from '../scenes/random.js';
import { type Scene, type SceneName, sceneOf } from '../scenes/scene.js';
import type { SpriteSheet } from '../scenes/sprites.js';
import { type ColourChange, writePixels } from './pixels.js';

/** Classes of a patch with the background, 0. */
export const PATCH_CLASSES = CLASSES.length + 1;
/** What is asked of the picture as a whole, and among how many answers. */
export const CHOICES = { place: PLACES.length, weather: WEATHERS.length, time: 2, count: 4 } as const;

const COUNTS = [1, 2, 3, 'many'] as const;
/**
 * A patch shows a thing where it covers this share of it. n patches of one class weigh 1 / sqrt(n) each, so that what is small and
 * far counts beside what is large; a patch of background weighs as much as one of 100.
 */
const COVERED = 10 / 64;
const BACKGROUND_WEIGHT = 0.1;
/** A thing is in the picture where it covers at least so many pixels of a patch of 64. */
const PRESENT_PIXELS = 6;

export interface VisionBatchOptions {
  readonly size: number;
  readonly patch: number;
  /** Patches looked at: those with things first, then others at random. */
  readonly patches: number;
  /** Whether colours are changed at random, so that art is not learned by its palette. */
  readonly recolour: boolean;
}

/** The feeds of visionObjective for some scenes. `random` picks patches and colours. */
export function visionBatch(
  sprites: SpriteSheet,
  names: readonly SceneName[],
  options: VisionBatchOptions,
  random: Random,
): Record<string, ort.Tensor> {
  const { size, patch, patches } = options;
  const batch = names.length;
  const grid = Math.floor(size / patch);
  const all = grid * grid;
  const pixels = new Float32Array(batch * 3 * size * size);
  const presence = new Float32Array(batch * PATCH_CLASSES);
  const labels = new Int32Array(batch * patches);
  const weights = new Float32Array(batch * patches);
  const seenPatches = new Int32Array(batch * patches);
  const seenPlaces = new Int32Array(batch * (1 + patches));
  const choices = { place: [] as number[], weather: [] as number[], time: [] as number[], count: [] as number[] };
  names.forEach((name, row) => {
    const scene = sceneOf(sprites, name);
    const picture = drawScene(sprites, scene, size);
    writePixels(picture.pixels, pixels, row * 3 * size * size, options.recolour ? colourChange(random) : undefined);
    const classOfPatch = patchClasses(picture.classes, size, patch);
    markPresent(picture.classes, presence.subarray(row * PATCH_CLASSES, (row + 1) * PATCH_CLASSES));
    const order = pickPatches(classOfPatch, patches, random);
    const seen = new Uint16Array(PATCH_CLASSES);
    for (const place of order) seen[classOfPatch[place]!]! += 1;
    order.forEach((place, i) => {
      seenPatches[row * patches + i] = row * all + place;
      // Position 0 is the class token's.
      seenPlaces[row * (1 + patches) + 1 + i] = 1 + place;
      labels[row * patches + i] = classOfPatch[place]!;
      const id = classOfPatch[place]!;
      weights[row * patches + i] = id === 0 ? BACKGROUND_WEIGHT : 1 / Math.sqrt(seen[id]!);
    });
    addChoices(choices, scene);
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    pixel_values: floats(pixels, [batch, 3, size, size]),
    labels: ids(labels),
    weights: floats(weights.map((weight) => weight / sum)),
    presence: floats(presence, [batch, PATCH_CLASSES]),
    mean: floats(new Float32Array(batch).fill(1 / batch)),
    ...(patches === all ? {} : { patches: ids(seenPatches), places: ids(seenPlaces) }),
    ...Object.fromEntries(Object.entries(choices).map(([name, values]) => [`choice_${name}`, ids(values)])),
  };
}

/** The class that covers most of each patch, 0 where none covers enough; row-major [g*g]. */
export function patchClasses(classes: Uint8Array, size: number, patch: number): Uint8Array {
  const grid = Math.floor(size / patch);
  const counts = new Uint16Array(PATCH_CLASSES);
  return Uint8Array.from({ length: grid * grid }, (_, place) => {
    counts.fill(0);
    const top = Math.floor(place / grid) * patch;
    const left = (place % grid) * patch;
    for (let y = top; y < top + patch; y += 1) {
      for (let x = left; x < left + patch; x += 1) counts[classes[y * size + x]!]! += 1;
    }
    let best = 0;
    for (let id = 1; id < PATCH_CLASSES; id += 1) if (counts[id]! > (best === 0 ? 0 : counts[best]!)) best = id;
    return counts[best]! >= COVERED * patch * patch ? best : 0;
  });
}

function markPresent(classes: Uint8Array, presence: Float32Array): void {
  const counts = new Uint16Array(PATCH_CLASSES);
  for (const id of classes) counts[id]! += 1;
  for (let id = 1; id < PATCH_CLASSES; id += 1) if (counts[id]! >= PRESENT_PIXELS) presence[id] = 1;
}

function pickPatches(classOfPatch: Uint8Array, count: number, random: Random): number[] {
  const places = [...classOfPatch.keys()];
  if (count === places.length) return places;
  const rank = places.map((place) => (classOfPatch[place] === 0 ? 1 : 0) + random.next());
  return places.sort((a, b) => rank[a]! - rank[b]!).slice(0, count);
}

function addChoices(choices: Record<keyof typeof CHOICES, number[]>, { facts }: Scene): void {
  choices.place.push(PLACES.indexOf(facts.place));
  choices.weather.push(WEATHERS.indexOf(facts.weather));
  choices.time.push(facts.time === 'night' ? 1 : 0);
  choices.count.push(COUNTS.indexOf(facts.count));
}

/** Half the time: other contrast and brightness, channels mixed a little or, at times, to grey. */
function colourChange(random: Random): ColourChange | undefined {
  if (random.chance(0.5)) return undefined;
  const gain = random.between(0.75, 1.25);
  const grey = random.chance(0.1) ? 1 : random.between(-0.3, 0.35);
  const luma = [0.299, 0.587, 0.114];
  const matrix = Array.from({ length: 9 }, (_, i) => {
    const own = Math.floor(i / 3) === i % 3 ? 1 : 0;
    return gain * ((1 - grey) * own + grey * luma[i % 3]! + (grey === 1 ? 0 : random.between(-0.08, 0.08)));
  });
  const offset = [0, 0, 0].map(() => 128 * (1 - gain) + random.between(-18, 18));
  return { matrix, offset };
}

/** `count` training scenes from the given place (from 0) on, none twice. */
export function sceneNames(
  seed: number,
  from: number,
  count: number,
  split: SceneName['split'] = 'train',
): SceneName[] {
  return Array.from({ length: count }, (_, i) => ({ seed, split, domain: 'all', index: from + i }));
}
