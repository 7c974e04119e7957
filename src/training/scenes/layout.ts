// Where everything stands. Pictures are laid out on a field of 96 x 96 units, whatever size they are drawn at.

import { classesOf, classOf, STYLE_FAMILIES } from './classes.js';
import type { Count, Facts, Split } from './facts.js';
import type { Random } from './random.js';
import type { SpriteSheet } from './sprites.js';

/** Side of the field, in units. */
export const FIELD = 96;

/** One sprite: its box in units, drawn in the order of the list. */
export interface Layer {
  /** Index into the sheet. */
  readonly sprite: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly flip: boolean;
  /** `lit`: gives light, night does not darken it. `audience`: seen against the light. */
  readonly light: 'normal' | 'lit' | 'audience';
  /** Class of its pixels. */
  readonly classId: number;
  /** Height in units, from its foot, that stands in water. */
  readonly wading: number;
}

/** Boxes around one figure or thing: x from its middle, y from the ground, upwards negative. */
type Part = Omit<Layer, 'wading'>;
type Unit = readonly Part[];

const ANIMALS = new Set(classesOf('animal').concat('horse', 'camel', 'elephant'));
const SMALL = new Set(classesOf('animal').filter((name) => name !== 'cow'));
const VEHICLES = new Set(classesOf('vehicle'));
const PEOPLE = new Set(classesOf('person'));
const CHILDREN = new Set(['boy', 'girl']);

/** Longest side, in units, of things by themselves; people by height, below. */
const SIZES: Readonly<Record<string, number>> = {
  house: 52,
  castle: 56,
  church: 56,
  tent: 46,
  fountain: 46,
  wheel: 58,
  statue: 54,
  tree: 56,
  palm: 58,
  snowman: 34,
  bench: 38,
  fire: 32,
  boat: 52,
  tractor: 42,
  elephant: 40,
  camel: 38,
  horse: 36,
  cow: 32,
  pig: 28,
  dog: 29,
  cat: 28,
  duck: 27,
  penguin: 29,
  monkey: 29,
};
const VEHICLE = 46;
/** Held things that fill the arms are shown larger than what fits a hand. */
const HELD_SIZES: Readonly<Record<string, number>> = {
  guitar: 1.3,
  cake: 1.15,
  gift: 1.05,
  sign: 1.3,
  flag: 1.35,
  balloon: 1.25,
  flowers: 1.1,
  laptop: 1.15,
  phone: 0.9,
  candle: 1,
  book: 0.95,
};
const LIT = new Set(['fire', 'fireworks', 'candle', 'collision']);
/** Height of one figure by how many there are. */
const FIGURES: Readonly<Record<Count, number>> = { 1: 48, 2: 43, 3: 37, many: 28 };
/** Things by how many there are, as a share of `SIZES`. */
const SHARES: Readonly<Record<Count, number>> = { 1: 1, 2: 0.8, 3: 0.62, many: 0.5 };

interface Stage {
  readonly sprites: SpriteSheet;
  readonly split: Split;
  readonly random: Random;
  /** Hand that holds: left or right of the picture; either, where it is not said. */
  readonly side?: -1 | 1;
  /** In a crowd things are raised over the heads. */
  readonly crowd?: boolean;
}

/** The layers of a scene, back to front. */
export function layoutOf(facts: Facts, stage: Stage): Layer[] {
  const { random } = stage;
  const units = unitsOf(facts, stage);
  const audience = facts.second?.relation === 'watch';
  // In water or behind an audience everything stands further up.
  const inBoat = facts.relation === 'in';
  const ground = audience
    ? random.between(72, 75)
    : inBoat && facts.place === 'beach'
      ? random.between(66, 72)
      : random.between(85, 91);
  const wading = facts.place === 'flood' ? random.between(3, 5) : 0;
  const main = arranged(units, ground, stage).map((part) => ({ ...part, wading: inBoat ? wading / 2 : wading }));
  const layers: Layer[] = main;
  if (facts.animal !== undefined) layers.push({ ...animalPart(facts.animal, main, stage), wading: 0 });
  if (audience) layers.push(...audienceParts(stage).map((part) => ({ ...part, wading: 0 })));
  if (facts.far !== undefined) layers.unshift({ ...farPart(facts.far, facts, main, stage), wading: 0 });
  return layers;
}

/** Groups from left to right: what touches within a group keeps its places. */
function unitsOf(facts: Facts, given: Stage): Unit[] {
  const { random } = given;
  const stage = { ...given, crowd: facts.count === 'many' };
  const mixed = random.shuffled(CROWD);
  const { actor, count, relation, object, second } = facts;
  const crowd = count === 'many' ? 5 + random.below(3) : count;
  if (second !== undefined && second.relation !== 'watch') {
    const height = FIGURES[2] * random.between(0.94, 1.06);
    return [
      // Each holds its thing on its outer side: between two people nobody could tell whose it is.
      agent(actor, relation, object, height, { ...stage, side: -1 }),
      agent(second.actor, second.relation, second.object, height, { ...stage, side: 1 }),
    ];
  }
  const height = FIGURES[count] * random.between(0.92, 1.08);
  const share = SHARES[count] * random.between(0.94, 1.06);
  const one = (size = 1): Unit => {
    const kind = actor === 'people' ? mixed.pop()! : actor;
    if (ANIMALS.has(kind) || VEHICLES.has(kind)) return held(thing(kind, share * size, stage), relation, object, stage);
    return agent(kind, relation, object, height * size, stage);
  };
  const all = (size = 1) => Array.from({ length: crowd }, () => one(size));
  // Small animals would hardly show, made smaller still.
  const small = SMALL.has(actor);
  const things = (size: number) => thing(object!, size, stage);
  switch (relation) {
    case 'none':
    case 'hold':
    case 'wear':
    case 'ride':
    case 'kick':
      return all();
    case 'next': {
      const group = [...all(count === 1 ? 0.88 : 0.8)];
      const beside = things(count === 1 ? 0.86 : 0.74);
      return random.chance(0.5) ? [...group, beside] : [beside, ...group];
    }
    case 'front': {
      // The thing shows on both sides or above; the actors stand before it, a little nearer.
      const back = things(VEHICLES.has(object!) ? 1.35 : 1.2);
      return [
        over([shift(back, random.between(-7, 7), -7)], [joined(all(small ? 0.95 : count === 'many' ? 0.88 : 0.72))]),
      ];
    }
    case 'behind': {
      const front = things(VEHICLES.has(object!) ? 1.05 : 1);
      const bounds = boundsOf(front);
      const raise = Math.min(-bounds.top * 0.55, 18);
      return [over([shift(joined(all(count === 1 ? 1 : 0.9)), 0, -raise)], [front])];
    }
    case 'under':
      if (object === 'umbrella') return all(0.86);
      // The trunk behind, the leaves above.
      return [over([shift(things(1.2), 0, -6)], [joined(all(small ? 0.9 : 0.62))])];
    case 'on': {
      const base = things(1);
      const { top } = boundsOf(base);
      const seat = object === 'bench' ? top * 0.42 : top + 2;
      return [over([base], [shift(joined(all(small ? 0.9 : 0.62)), 0, seat)])];
    }
    case 'in': {
      const hull = things(count === 3 ? 1.35 : count === 2 ? 1.2 : 1);
      const { top } = boundsOf(hull);
      return [over([shift(joined(all(0.8)), 0, top * 0.45)], [hull])];
    }
    default:
      return relation satisfies never;
  }
}

/** Who makes up a mixed crowd: all different, or it could pass for a group of one kind. */
const CROWD = ['man', 'woman', 'boy', 'girl', 'grandfather', 'grandmother', 'builder', 'doctor', 'farmer'];

/** A person with what it holds, wears, rides or stands under. */
function agent(name: string, relation: string, object: string | undefined, height: number, stage: Stage): Unit {
  const tall = height * (CHILDREN.has(name) ? 0.84 : 1);
  const body = thingPart(name, tall, stage);
  return held([body], relation, object, stage);
}

function held(figure: Unit, relation: string, object: string | undefined, stage: Stage): Unit {
  const { random } = stage;
  const body = figure[0]!;
  const tall = body.height;
  if (relation === 'hold' && object !== undefined) {
    const side = stage.side ?? (random.chance(0.5) ? 1 : -1);
    const size = tall * 0.46 * (HELD_SIZES[object] ?? 1);
    // A ball in the hands must not look like one at the feet.
    const hand = { x: side * body.width * 0.46, y: -tall * (object === 'football' ? 0.42 : 0.33) };
    const item = thingPart(object, size, stage);
    const raised = object === 'sign' || object === 'flag' || object === 'balloon';
    if (stage.crowd) {
      const x = side * body.width * 0.3;
      return [...figure, { ...item, left: x - item.width / 2, top: -tall * 0.78 - item.height }];
    }
    const top = raised ? hand.y - item.height * 0.96 : hand.y - item.height * 0.55;
    // A raised thing stands beside the head, not over the face.
    const x = hand.x + side * (raised ? item.width * 0.42 : item.width * 0.22);
    return [...figure, { ...item, left: x - item.width / 2, top }];
  }
  if (relation === 'wear' && object !== undefined) {
    const item = thingPart(object, body.width * 0.8, stage);
    return [...figure, { ...item, left: -item.width / 2, top: body.top - item.height * 0.6 }];
  }
  if (relation === 'kick' && object !== undefined) {
    const side = stage.side ?? (random.chance(0.5) ? 1 : -1);
    const item = thingPart(object, tall * 0.36, stage);
    const x = side * (body.width * 0.5 + item.width * 0.6);
    return [...figure, { ...item, left: x - item.width / 2, top: -item.height - random.between(0, 3) }];
  }
  if (relation === 'ride' && object !== undefined) {
    const mount = thingPart(object, tall * 1.02, stage);
    const rider = shift(figure, 0, -mount.height * 0.42);
    return random.chance(0.5) ? [...rider.map(mirrored), mirrored(mount)] : [...rider, mount];
  }
  if (relation === 'under' && object === 'umbrella') {
    const item = thingPart(object, Math.max(tall * 0.72, body.width * 1.35), stage);
    return [...figure, { ...item, left: -item.width / 2 + body.width * 0.1, top: body.top - item.height * 0.62 }];
  }
  return figure;
}

/** A thing by itself, at a share of its usual size. */
function thing(name: string, share: number, stage: Stage): Unit {
  const { random } = stage;
  if (name === 'burning') {
    const house = thingPart('house', 50 * share, stage);
    const flames = [-0.3, 0.02, 0.32].map((x) => {
      const flame = thingPart('fire', (18 + random.between(0, 7)) * share, stage);
      return {
        ...flame,
        left: x * house.width - flame.width / 2,
        top: house.top - flame.height * random.between(0.25, 0.6),
      };
    });
    const low = thingPart('fire', 15 * share, stage);
    return [house, ...flames, { ...low, left: house.width * random.between(-0.3, 0.05), top: -low.height - 3 * share }];
  }
  if (name === 'crash') {
    const left = thingPart(random.pick(['car', 'taxi']), 30 * share, stage);
    const right = thingPart(random.pick(['car', 'truck']), 30 * share, stage);
    const burst = thingPart('collision', 19 * share, stage);
    return [
      // Emoji vehicles face left: the left one is turned round, so that they meet.
      { ...mirrored(left), left: -left.width + 2 },
      { ...right, left: -2 },
      { ...burst, left: -burst.width / 2, top: Math.min(left.top, right.top) * 0.6 - burst.height / 2 },
    ];
  }
  return [thingPart(name, (SIZES[name] ?? VEHICLE) * share, stage)];
}

/** A sprite standing on the ground with its middle at 0. People by height, all else by its longest side. */
function thingPart(name: string, size: number, stage: Stage): Part {
  const { sprites, random, split } = stage;
  const index = spriteOf(name, sprites, split, random);
  const { width, height, classId } = sprites.sprites[index]!;
  const scale = size / (PEOPLE.has(name) ? height : Math.max(width, height));
  const flip = !KEEPS.has(name) && random.chance(0.5);
  const light = LIT.has(name) ? 'lit' : 'normal';
  const box = { width: width * scale, height: height * scale };
  return { sprite: index, left: -box.width / 2, top: -box.height, ...box, flip, light, classId };
}

/** What faces one way for a reason, or shows writing. */
const KEEPS = new Set([
  'ride',
  'bicycle',
  'scooter',
  'motorcycle',
  'horse',
  'camel',
  'elephant',
  'flag',
  'sign',
  'car',
  'taxi',
  'truck',
]);

function spriteOf(name: string, sheet: SpriteSheet, split: Split, random: Random): number {
  const style = split === 'style';
  const fitting = (sheet.byClass.get(name) ?? []).filter((index) => {
    const { family } = sheet.sprites[index]!;
    return family === 'drawn' || (STYLE_FAMILIES as readonly string[]).includes(family) === style;
  });
  return random.pick(fitting);
}

function animalPart(name: string, main: readonly Layer[], stage: Stage): Part {
  const { random } = stage;
  const part = thingPart(name, random.between(15, 18), stage);
  // At the lower edge, where it hides least: of some places the one that overlaps the least.
  const spots = Array.from({ length: 8 }, () => ({
    left: random.between(1, FIELD - 1 - part.width),
    top: 95 - random.between(0, 3) - part.height,
  }));
  return { ...part, ...freest(spots, part, main) };
}

function audienceParts(stage: Stage): Part[] {
  const { random } = stage;
  const classId = classOf('people').id;
  return Array.from({ length: 7 }, (_, i) => {
    const part = thingPart(random.pick(CROWD), random.between(28, 33), stage);
    const left = (i + 0.5) * (FIELD / 7) - part.width / 2 + random.between(-2, 2);
    return { ...part, left, top: random.between(75, 79), light: 'audience', classId };
  });
}

function farPart(name: string, facts: Facts, main: readonly Layer[], stage: Stage): Part {
  const { random } = stage;
  const size = { airplane: 16, helicopter: 16, kite: 15, sailboat: 14, smoke: 22, fireworks: 24 }[name]!;
  const part = thingPart(name, size * random.between(0.9, 1.1), stage);
  const base = horizonOf(facts.place);
  const spots = Array.from({ length: 12 }, () => {
    const left = random.between(2, FIELD - 2 - part.width);
    if (name === 'sailboat') return { left, top: base + random.between(0, 3) - part.height };
    if (name === 'smoke') return { left, top: base + 1 - part.height };
    return { left, top: random.between(2, 12) };
  });
  return { ...part, ...freest(spots, part, main) };
}

/** Height of the horizon by place, in units from above. */
export function horizonOf(place: Facts['place']): number {
  return {
    street: 52,
    square: 50,
    park: 52,
    beach: 44,
    stadium: 40,
    stage: 60,
    flood: 50,
    mountains: 54,
    desert: 54,
    forest: 56,
  }[place];
}

function freest<S extends { left: number; top: number }>(spots: readonly S[], part: Part, layers: readonly Layer[]): S {
  const hidden = ({ left, top }: S) =>
    layers.reduce((sum, layer) => {
      const across = Math.min(left + part.width, layer.left + layer.width) - Math.max(left, layer.left);
      const down = Math.min(top + part.height, layer.top + layer.height) - Math.max(top, layer.top);
      return sum + Math.max(0, across) * Math.max(0, down);
    }, 0);
  return spots.reduce((best, spot) => (hidden(spot) < hidden(best) ? spot : best));
}

// Units and groups of units.

function boundsOf(unit: Unit) {
  return {
    left: Math.min(...unit.map(({ left }) => left)),
    right: Math.max(...unit.map(({ left, width }) => left + width)),
    top: Math.min(...unit.map(({ top }) => top)),
    bottom: Math.max(...unit.map(({ top, height }) => top + height)),
  };
}

function shift(unit: Unit, x: number, y: number): Unit {
  return unit.map((part) => ({ ...part, left: part.left + x, top: part.top + y }));
}

function mirrored(part: Part): Part {
  return { ...part, left: -part.left - part.width, flip: !part.flip };
}

/** Several units side by side as one, its middle at 0. */
function joined(units: readonly Unit[]): Unit {
  const placed: Part[] = [];
  let at = 0;
  for (const unit of units) {
    const { left, right } = boundsOf(unit);
    placed.push(...shift(unit, at - left, 0));
    at += right - left + 1;
  }
  return shift(placed, -at / 2, 0);
}

function over(back: readonly Unit[], front: readonly Unit[]): Unit {
  return [...back.flat(), ...front.flat()];
}

/** All groups on the ground, made smaller together where the field is too narrow or too low for them. */
function arranged(units: readonly Unit[], ground: number, { random }: Stage): Part[] {
  if (units.length <= 4) return inRow(units, ground, 2, random);
  // A crowd stands in two rows, close together.
  const back = Math.floor(units.length / 2);
  return [
    ...inRow(units.slice(0, back), ground - random.between(11, 14), -3, random),
    ...inRow(units.slice(back), ground, -3, random),
  ];
}

function inRow(units: readonly Unit[], ground: number, gap: number, random: Random): Part[] {
  const bounds = units.map(boundsOf);
  const total = bounds.reduce((sum, { left, right }) => sum + right - left, gap * (units.length - 1));
  const top = Math.min(...bounds.map((box) => box.top));
  const scale = Math.min(1, (FIELD - 4) / total, (ground - 2) / -top);
  let at = 2 + random.next() * (FIELD - 4 - total * scale);
  return units.flatMap((unit, i) => {
    const { left, right } = bounds[i]!;
    const y = ground - random.between(0, 2);
    const from = at;
    at += (right - left + gap) * scale;
    return unit.map((part) => ({
      ...part,
      left: from + (part.left - left) * scale,
      top: y + part.top * scale,
      width: part.width * scale,
      height: part.height * scale,
    }));
  });
}
