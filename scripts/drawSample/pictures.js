// The pictures of the sample: which scene, how large, which file. `alt` is what the author of the post wrote for it, if anything.

const landscape = { width: 480, height: 360 };
const square = { width: 560, height: 560 };
const portrait = { width: 360, height: 560 };
const wide = { width: 640, height: 360 };

/** File name -> how to draw it. The name seeds the drawing; its ending decides the format. */
export const pictures = {
  // A house on fire in Mill Street, from the first flames to the morning after.
  'fire-first-flames.jpg': {
    scene: 'houseFire',
    ...landscape,
    options: { time: 'night' },
    alt: 'A house with flames coming out of the roof at night',
  },
  'fire-engine-night.jpg': {
    scene: 'houseFire',
    ...wide,
    options: { time: 'night', engine: true },
    alt: 'Firefighters spraying water at a burning house',
  },
  'fire-neighbour.jpg': { scene: 'houseFire', ...portrait, options: { time: 'night', engine: true } },
  'fire-dawn.jpg': {
    scene: 'houseFire',
    ...wide,
    options: { time: 'dusk', engine: true },
    alt: 'Burning house at sunrise, a fire engine in front of it',
  },
  'fire-dawn-smoke.jpg': { scene: 'houseFire', ...landscape, options: { time: 'dusk' } },
  'fire-morning.webp': {
    scene: 'houseFire',
    ...square,
    options: { time: 'day', engine: true },
    alt: 'Fire engine and burning house',
  },
  'fire-after.jpg': {
    scene: 'houseFire',
    ...wide,
    options: { time: 'overcast', after: true },
    alt: 'Burnt-out house with a hole in the roof',
  },
  // The river is in the streets of Altwasser.
  'flood-street.jpg': { scene: 'flood', ...landscape, options: { boat: false, cars: 2, rain: true } },
  'flood-boat.jpg': {
    scene: 'flood',
    ...wide,
    options: { crew: 3 },
    alt: 'Rettungsboot auf einer überschwemmten Straße',
  },
  'flood-boat-square.jpg': { scene: 'flood', ...square, options: { crew: 4, cars: 0, rain: true } },
  'flood-car.jpg': { scene: 'flood', ...landscape, options: { boat: false, cars: 1 }, alt: 'Auto im Hochwasser' },
  'flood-high-water.jpg': { scene: 'flood', ...wide, options: { crew: 2, cars: 2, level: 0.48 } },
  'flood-portrait.jpg': {
    scene: 'flood',
    ...portrait,
    options: { crew: 2, cars: 1, rain: true },
    alt: 'Boat with rescuers between the houses',
  },
  'flood-evening.png': { scene: 'flood', ...landscape, options: { time: 'dusk', crew: 3, cars: 0 } },
  // The march for lower rents.
  'march-start.jpg': {
    scene: 'protest',
    ...wide,
    options: { words: ['RENT', 'CASA', 'BASTA!'], banner: 'CASA PARA VIVER' },
    alt: 'Manifestação com faixa "Casa para viver"',
  },
  'march-crowd.jpg': { scene: 'protest', ...landscape, options: { words: ['CASA', 'BASTA!', 'LISBOA'], rows: 4 } },
  'march-signs.jpg': {
    scene: 'protest',
    ...square,
    options: { words: ['CASA', 'DIREITO', 'RENDAS'] },
    alt: 'Gente con carteles en la calle',
  },
  'march-banner.jpg': {
    scene: 'protest',
    ...wide,
    options: { words: ['HOME', 'FAIR', 'RENT'], banner: 'BAIXEM AS RENDAS' },
  },
  'march-portrait.jpg': { scene: 'protest', ...portrait, options: { words: ['BASTA!', 'CASA'], rows: 3 } },
  'march-night.webp': {
    scene: 'protest',
    ...landscape,
    options: { time: 'night', words: ['CASA', 'BASTA!'], rows: 3 },
    alt: 'Protest at night with signs',
  },
  // The cup final.
  'final-kickoff.jpg': {
    scene: 'football',
    ...wide,
    options: { kits: ['#d62828', '#1d4ed8'] },
    alt: 'Football match, view from the stand',
  },
  'final-midfield.jpg': { scene: 'football', ...landscape, options: { kits: ['#d62828', '#1d4ed8'] } },
  'final-goal.jpg': {
    scene: 'football',
    ...square,
    options: { view: 'goal', kits: ['#d62828', '#1d4ed8'] },
    alt: 'Players in front of the goal',
  },
  'final-floodlight.jpg': {
    scene: 'football',
    ...wide,
    options: { time: 'night', view: 'goal', kits: ['#d62828', '#1d4ed8'] },
  },
  'final-cheer.jpg': {
    scene: 'football',
    ...landscape,
    options: { time: 'night', celebrate: true, kits: ['#d62828', '#1d4ed8'] },
    alt: 'The team in red celebrates',
  },
  // Standing still on the A9.
  'jam-hills.jpg': { scene: 'trafficJam', ...landscape, options: { town: false } },
  'jam-town.jpg': { scene: 'trafficJam', ...wide, options: { lanes: 4 }, alt: 'Cars standing bumper to bumper' },
  'jam-snow.jpg': { scene: 'trafficJam', ...portrait, options: { town: false, snow: true, time: 'winter' } },
  'jam-night.jpg': {
    scene: 'trafficJam',
    ...landscape,
    options: { time: 'night' },
    alt: 'Stau bei Nacht, lauter rote Rücklichter',
  },
  // A concert; the last one moves.
  'stage-violet.jpg': { scene: 'concert', ...wide, options: { hue: 280 }, alt: 'A band on stage in violet light' },
  'stage-green.jpg': { scene: 'concert', ...portrait, options: { hue: 140, band: 2 } },
  'stage-amber.webp': { scene: 'concert', ...landscape, options: { hue: 20, band: 4 } },
  'stage-lights.gif': {
    scene: 'concert',
    width: 240,
    height: 180,
    frames: 8,
    options: { hue: 200, band: 3 },
    alt: 'Stage lights swinging over the crowd',
  },
  // Snow in the park; one scanned in grey.
  'snow-snowman.jpg': { scene: 'snowPark', ...landscape, options: { people: 2 }, alt: '雪だるまと子どもたち' },
  'snow-bench.jpg': { scene: 'snowPark', ...wide, options: { snowman: false, people: 0 } },
  'snow-evening.jpg': { scene: 'snowPark', ...square, options: { time: 'night', people: 1 } },
  'snow-grey.png': {
    scene: 'snowPark',
    ...landscape,
    grey: true,
    options: { people: 1, falling: 40 },
    alt: 'Park in the snow, black and white',
  },
  // The beach; the first as a phone stores it that was held upright.
  'beach-upright.jpg': {
    scene: 'beach',
    ...portrait,
    sideways: true,
    options: { people: 2 },
    alt: 'Sombrillas en la playa',
  },
  'beach-noon.jpg': { scene: 'beach', ...wide, options: { people: 4 } },
  'beach-sunset.jpg': {
    scene: 'beach',
    ...landscape,
    options: { time: 'dusk', people: 2 },
    alt: 'Pôr do sol na praia',
  },
  // At home.
  'cat-sofa.jpg': { scene: 'cat', ...landscape, options: {}, alt: 'An orange cat on a sofa' },
  'cat-window.jpg': { scene: 'cat', ...square, options: { fur: '#6f7480', place: 'sill' }, alt: '窓辺の猫' },
  'cat-black.webp': { scene: 'cat', ...portrait, options: { fur: '#2e2b2f', place: 'sill' } },
  'cake-five.jpg': {
    scene: 'birthdayCake',
    ...landscape,
    options: { candles: 5 },
    alt: 'Birthday cake with five candles',
  },
  'cake-seven.png': { scene: 'birthdayCake', ...square, options: { candles: 7, icing: '#9bd1e5' } },
};
