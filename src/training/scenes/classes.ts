// What scenes are made of: every class of thing with its words and, by sprite family, the icons that show it. An icon is
// left out where a family draws something else under the same name (a kayak from above, a desktop computer as "laptop").

/** Sprite families to learn from. */
export const TRAINING_FAMILIES = ['noto', 'noto-v1', 'twemoji', 'emojione'] as const;
/** Sprite families never learned from: another hand's art, for the `style` split. */
export const STYLE_FAMILIES = ['fluent-emoji-flat'] as const;
export const FAMILIES = [...TRAINING_FAMILIES, ...STYLE_FAMILIES] as const;
export type Family = (typeof FAMILIES)[number];

/** `far`: seen only small and far away. `drawn` things have no icon: see drawnSprites.ts. */
export type Kind = 'person' | 'held' | 'worn' | 'ridden' | 'animal' | 'vehicle' | 'structure' | 'far' | 'part';

export interface ThingClass {
  /** Its position in `CLASSES`, 1 and up: 0 is the background. */
  readonly id: number;
  readonly name: string;
  readonly kind: Kind;
  /** What one, and several, are called; the first is the most usual. Without article. */
  readonly one: readonly string[];
  readonly many: readonly string[];
  /** The one word of the captions that says it alone. */
  readonly keyword: string;
  readonly icons: readonly string[];
  /** Families that have no fitting icon. */
  readonly not: readonly Family[];
  readonly drawn: boolean;
}

type Row = [name: string, kind: Kind, one: string, many: string, icons?: string, not?: string, keyword?: string];

const ROWS: readonly Row[] = [
  ['man', 'person', 'man|guy', 'men|guys', 'man'],
  ['woman', 'person', 'woman|lady', 'women|ladies', 'woman'],
  ['boy', 'person', 'boy', 'boys', 'boy'],
  ['girl', 'person', 'girl', 'girls', 'girl'],
  ['grandfather', 'person', 'grandfather|old man', 'grandfathers|old men', 'old-man'],
  ['grandmother', 'person', 'grandmother|old woman', 'grandmothers|old women', 'old-woman'],
  [
    'officer',
    'person',
    'police officer|officer',
    'police officers|officers',
    'man-police-officer|woman-police-officer|police-officer',
  ],
  ['firefighter', 'person', 'firefighter', 'firefighters', 'man-firefighter|woman-firefighter', 'emojione'],
  ['doctor', 'person', 'doctor|medic', 'doctors|medics', 'man-health-worker|woman-health-worker', 'emojione'],
  [
    'builder',
    'person',
    'builder|construction worker',
    'builders|construction workers',
    'man-construction-worker|woman-construction-worker|construction-worker',
  ],
  ['chef', 'person', 'chef|cook', 'chefs|cooks', 'man-cook|woman-cook', 'emojione'],
  ['farmer', 'person', 'farmer', 'farmers', 'man-farmer|woman-farmer', 'emojione'],
  ['astronaut', 'person', 'astronaut', 'astronauts', 'man-astronaut|woman-astronaut', 'twemoji|emojione'],
  ['santa', 'person', 'santa|santa claus', 'santas', 'santa-claus'],
  ['clown', 'person', 'clown', 'clowns', 'clown-face'],

  ['balloon', 'held', 'balloon', 'balloons', 'balloon'],
  ['cake', 'held', 'cake|birthday cake', 'cakes|birthday cakes', 'birthday-cake'],
  ['guitar', 'held', 'guitar', 'guitars', 'guitar'],
  ['trophy', 'held', 'trophy|cup', 'trophies|cups', 'trophy'],
  ['camera', 'held', 'camera', 'cameras', 'camera'],
  ['football', 'held', 'football|soccer ball', 'footballs|soccer balls', 'soccer-ball'],
  ['book', 'held', 'book', 'books', 'orange-book'],
  ['flowers', 'held', 'bunch of flowers|bouquet of flowers', 'flowers', 'bouquet'],
  ['pizza', 'held', 'slice of pizza|pizza', 'slices of pizza|pizzas', 'pizza'],
  ['gift', 'held', 'gift|present', 'gifts|presents', 'wrapped-gift'],
  ['microphone', 'held', 'microphone', 'microphones', 'microphone'],
  ['phone', 'held', 'phone|mobile phone', 'phones|mobile phones', 'mobile-phone'],
  ['laptop', 'held', 'laptop', 'laptops', 'laptop', 'noto-v1'],
  ['trumpet', 'held', 'trumpet', 'trumpets', 'trumpet'],
  ['megaphone', 'held', 'megaphone', 'megaphones', 'megaphone'],
  ['watermelon', 'held', 'watermelon', 'watermelons', 'watermelon'],
  ['candle', 'held', 'candle', 'candles', 'candle', 'emojione'],
  ['briefcase', 'held', 'briefcase', 'briefcases', 'briefcase'],
  ['bag', 'held', 'shopping bag|bag', 'shopping bags|bags', 'shopping-bags'],
  ['icecream', 'held', 'ice cream', 'ice creams', 'soft-ice-cream', '', 'ice'],
  ['sign', 'held', 'sign|protest sign', 'signs|protest signs'],
  ['flag', 'held', 'flag', 'flags'],
  ['umbrella', 'held', 'umbrella', 'umbrellas', 'umbrella'],

  ['crown', 'worn', 'crown|golden crown', 'crowns|golden crowns', 'crown'],
  ['hat', 'worn', 'hat|top hat', 'hats|top hats', 'top-hat'],
  ['helmet', 'worn', 'helmet|red helmet', 'helmets|red helmets', 'rescue-workers-helmet'],

  ['bicycle', 'ridden', 'bicycle|bike', 'bicycles|bikes', 'bicycle'],
  ['scooter', 'ridden', 'scooter', 'scooters', 'motor-scooter'],
  ['motorcycle', 'ridden', 'motorcycle|motorbike', 'motorcycles|motorbikes', 'motorcycle', 'emojione'],
  ['horse', 'ridden', 'horse', 'horses', 'horse'],
  ['camel', 'ridden', 'camel', 'camels', 'camel', 'emojione'],
  ['elephant', 'ridden', 'elephant', 'elephants', 'elephant'],

  ['dog', 'animal', 'dog', 'dogs', 'dog'],
  ['cat', 'animal', 'cat', 'cats', 'cat'],
  ['duck', 'animal', 'duck', 'ducks', 'duck'],
  ['pig', 'animal', 'pig', 'pigs', 'pig'],
  ['cow', 'animal', 'cow', 'cows', 'cow'],
  ['penguin', 'animal', 'penguin', 'penguins', 'penguin'],
  ['monkey', 'animal', 'monkey', 'monkeys', 'monkey'],

  ['car', 'vehicle', 'car', 'cars', 'automobile'],
  ['taxi', 'vehicle', 'taxi|cab', 'taxis|cabs', 'taxi'],
  ['bus', 'vehicle', 'bus', 'buses', 'bus'],
  ['truck', 'vehicle', 'truck', 'trucks', 'delivery-truck'],
  ['policecar', 'vehicle', 'police car', 'police cars', 'police-car', '', 'police'],
  ['firetruck', 'vehicle', 'fire engine|fire truck', 'fire engines|fire trucks', 'fire-engine', '', 'engine'],
  ['ambulance', 'vehicle', 'ambulance', 'ambulances', 'ambulance'],
  ['tractor', 'vehicle', 'tractor', 'tractors', 'tractor'],
  ['boat', 'vehicle', 'boat|small boat', 'boats|small boats'],

  ['house', 'structure', 'house|home', 'houses|homes', 'house'],
  ['castle', 'structure', 'castle', 'castles', 'castle'],
  ['church', 'structure', 'church', 'churches', 'church'],
  ['tent', 'structure', 'tent', 'tents', 'tent', 'emojione'],
  ['fountain', 'structure', 'fountain', 'fountains', 'fountain'],
  ['wheel', 'structure', 'ferris wheel|big wheel', 'ferris wheels|big wheels', 'ferris-wheel'],
  ['statue', 'structure', 'statue', 'statues', 'statue-of-liberty', 'twemoji'],
  ['tree', 'structure', 'tree', 'trees', 'deciduous-tree'],
  ['palm', 'structure', 'palm tree|palm', 'palm trees|palms', 'palm-tree'],
  ['snowman', 'structure', 'snowman', 'snowmen', 'snowman'],
  ['bench', 'structure', 'bench|wooden bench', 'benches|wooden benches'],
  ['fire', 'structure', 'fire|campfire', 'fires|campfires', 'fire'],
  // Made of a house and flames, and of two vehicles and a burst.
  ['burning', 'structure', 'burning house|house on fire|house in flames', 'burning houses|houses on fire'],
  ['crash', 'structure', 'car crash|crashed car', 'car crashes|crashed cars'],

  ['airplane', 'far', 'airplane|plane', 'airplanes|planes', 'airplane'],
  ['helicopter', 'far', 'helicopter', 'helicopters', 'helicopter'],
  ['kite', 'far', 'kite', 'kites', 'kite', 'noto-v1|emojione'],
  ['sailboat', 'far', 'sailboat|sailing boat', 'sailboats|sailing boats', 'sailboat'],
  ['smoke', 'far', 'column of smoke|smoke', 'smoke'],
  ['fireworks', 'far', 'fireworks', 'fireworks'],

  // An audience seen from behind.
  ['people', 'part', 'crowd|crowd of people', 'people'],
  ['collision', 'part', 'burst', 'bursts', 'collision'],
];

/** Every class that a pixel can belong to, in the order of their ids; `CLASSES[id - 1]`. */
export const CLASSES: readonly ThingClass[] = ROWS.map(([name, kind, one, many, icons, not, keyword], i) => ({
  id: i + 1,
  name,
  kind,
  one: one.split('|'),
  many: many.split('|'),
  keyword: keyword || (name === 'people' ? 'crowd' : name),
  icons: icons === undefined ? [] : icons.split('|'),
  not: (not ?? '').split('|').filter((family): family is Family => family !== ''),
  drawn: icons === undefined && !['burning', 'crash', 'people'].includes(name),
}));

const BY_NAME = new Map(CLASSES.map((thing) => [thing.name, thing]));

/** The class of that name; its absence is a mistake in this folder. */
export function classOf(name: string): ThingClass {
  const thing = BY_NAME.get(name);
  if (thing === undefined) throw new Error(`classOf: expected a class of the scenes, got ${name}`);
  return thing;
}

/** The names of the classes of a kind. */
export function classesOf(...kinds: readonly Kind[]): string[] {
  return CLASSES.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
}

/** Whether a scene's art can show the class in this family. */
export function familyHas(thing: ThingClass, family: Family): boolean {
  return thing.icons.length > 0 && !thing.not.includes(family);
}
