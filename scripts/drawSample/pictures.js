// The pictures of the sample: what each shows, as a caption of it would say, and which drawing of that. `alt` is what the
// author of the post wrote for it, if anything.

/**
 * File name -> how to draw it; the name's ending decides the format. `shows` is read by readFacts, and must be something
 * that training shows too. `take`: which of the drawings that show it, 0 if not given. `cut`: to upright or wide.
 * `sideways`: stored as a phone stores it that was held upright. `frames`: it moves.
 */
export const pictures = {
  // A house on fire in Mill Street, from the first flames to the morning after.
  'fire-first-flames.jpg': {
    shows: 'a man in front of a burning house on a street at night',
    take: 3,
    alt: 'A house with flames coming out of the roof at night',
  },
  'fire-engine-night.jpg': {
    shows: 'a fire engine next to a burning house on a street at night',
    alt: 'Fire engine next to a burning house',
  },
  'fire-crew.jpg': { shows: 'two firefighters in front of a burning house on a street at night' },
  'fire-neighbours.jpg': {
    shows: 'a crowd of people in front of a burning house on a street at night',
    alt: 'The whole street is outside, the house behind them is on fire',
  },
  'fire-dawn.jpg': {
    shows: 'a fire engine in front of a burning house on a street in smoky air',
    take: 5,
    alt: 'Burning house in thick smoke, a fire engine in front of it',
  },
  'fire-from-afar.jpg': { shows: 'a chef holding a phone in a park with a column of smoke on the horizon', take: 1 },
  'fire-morning.webp': {
    shows: 'a firefighter next to a burning house on a street with a helicopter in the sky',
    take: 5,
    alt: 'A firefighter, the house still burning, a helicopter above',
  },
  'fire-after.jpg': {
    shows: 'a firefighter in front of a house on a street in smoky air',
    take: 7,
    alt: 'A firefighter in front of our neighbours’ house, smoke everywhere',
  },
  // The river is in the streets of Altwasser.
  'flood-street.jpg': { shows: 'two cars in a flooded street in the rain' },
  'flood-boat.jpg': {
    shows: 'two firefighters in a boat in a flooded street in the rain',
    take: 1,
    alt: 'Rettungsboot auf einer überschwemmten Straße',
  },
  'flood-grandmother.jpg': { shows: 'a grandmother in a boat in a flooded street in the rain', take: 5 },
  'flood-car.jpg': {
    shows: 'a car next to a house in a flooded street in the rain',
    take: 1,
    alt: 'Auto im Hochwasser',
  },
  'flood-cat.jpg': {
    shows: 'a cat on top of a car in a flooded street in the rain',
    take: 4,
    alt: 'Katze auf einem Autodach',
  },
  'flood-helicopter.jpg': {
    shows: 'a firefighter in a boat in a flooded street in the rain with a helicopter in the sky',
    take: 2,
  },
  'flood-upright.jpg': {
    shows: 'a man in a boat in a flooded street in the rain',
    take: 6,
    cut: 'upright',
    alt: 'Man in a boat between the houses',
  },
  'flood-evening.png': { shows: 'two farmers in a boat in a flooded street at night', take: 3 },
  // A crash on the ring road, in the snow; and who stands still because of it.
  'crash-police.jpg': {
    shows: 'a police car next to a car crash on a street in the snow',
    alt: 'Police car next to two crashed cars in the snow',
  },
  'crash-ambulance.jpg': { shows: 'an ambulance next to a car crash on a street in the snow', take: 2 },
  'crash-medics.jpg': {
    shows: 'two doctors in front of a car crash on a street in the snow',
    take: 6,
    alt: 'Two medics in front of the crashed cars',
  },
  'crash-officer.webp': { shows: 'a police officer next to a car crash on a street in the snow', take: 5 },
  'jam-hills.jpg': { shows: 'three cars in the mountains in the snow', take: 5, cut: 'wide' },
  'jam-night.jpg': { shows: 'three cars on a street at night', take: 3, alt: 'Stau bei Nacht' },
  // The march for lower rents.
  'march-women.jpg': { shows: 'a group of women raising signs in a square', take: 3 },
  'march-crowd.jpg': {
    shows: 'a crowd of people raising signs in a square',
    take: 7,
    alt: 'Manifestação no Rossio, cartazes por todo o lado',
  },
  'march-street.jpg': {
    shows: 'a crowd of people raising signs on a street',
    take: 7,
    alt: 'Gente con carteles en la calle',
  },
  'march-grandmothers.jpg': { shows: 'a group of grandmothers raising signs in a square' },
  'march-megaphone.jpg': {
    shows: 'a woman shouting into a megaphone and a man holding up a sign in a square',
    take: 5,
    alt: 'Uma mulher com megafone, um homem com um cartaz',
  },
  'march-flags.jpg': { shows: 'a crowd of people waving flags in a square', take: 4 },
  'march-candles.webp': {
    shows: 'a crowd of people holding candles in a square at night',
    take: 1,
    alt: 'Crowd with candles in a square at night',
  },
  // The women's cup final.
  'final-fans.jpg': {
    shows: 'a crowd of people waving flags in a stadium',
    take: 6,
    alt: 'Fans on the grass, waving flags',
  },
  'final-kickoff.jpg': { shows: 'two women play with footballs in a stadium while a crowd watches', take: 3 },
  'final-goal.jpg': {
    shows: 'a woman kicks a football in a stadium while a crowd watches',
    take: 4,
    alt: 'Our number nine in front of the stand, ball at her feet',
  },
  'final-floodlight.jpg': { shows: 'a woman kicks a football in a stadium at night while a crowd watches', take: 2 },
  'final-cup.jpg': {
    shows: 'two women raise trophies in a stadium at night while a crowd watches',
    take: 4,
    alt: 'Two players lift the cup',
  },
  'final-fireworks.jpg': { shows: 'a woman raising a trophy in a stadium at night with fireworks in the sky', take: 5 },
  // A concert; the last one moves.
  'stage-singer.jpg': {
    shows: 'a woman singing into a microphone on a stage while a crowd watches',
    take: 5,
    alt: 'Singer on stage, heads of the audience in front',
  },
  'stage-guitars.jpg': { shows: 'two women playing guitars on a stage while a crowd watches', take: 3 },
  'stage-trumpets.webp': { shows: 'two men playing trumpets on a stage while a crowd watches', take: 1 },
  'stage-flowers.jpg': { shows: 'a woman holding a bunch of flowers on a stage while a crowd watches', take: 4 },
  'stage-jump.gif': {
    shows: 'three women playing guitars on a stage while a crowd watches',
    take: 4,
    frames: 8,
    alt: 'Three guitarists on stage, the whole hall jumping',
  },
  // Snow in the park; one scanned in grey.
  'snow-boys.jpg': { shows: 'two boys next to a snowman in a park in the snow', alt: '雪だるまと子どもたち' },
  'snow-girl.jpg': { shows: 'a girl next to a snowman in a park in the snow', take: 6 },
  'snow-dog.jpg': {
    shows: 'a dog next to a snowman in a park in the snow',
    take: 2,
    alt: 'Dog and snowman, eye to eye',
  },
  'snow-bench.jpg': { shows: 'a cat on a bench in a park in the snow', take: 3, cut: 'wide' },
  'snow-grey.png': {
    shows: 'a woman next to a snowman in a park in the snow',
    take: 5,
    grey: true,
    alt: 'Woman with a snowman, black and white',
  },
  'snow-evening.jpg': { shows: 'a grandmother next to a snowman in a park on a snowy night', take: 2 },
  // What else a day brings.
  'cat-car.jpg': { shows: 'a cat on top of a car on a street at night', alt: 'A cat on the roof of a car' },
  'cat-tree.jpg': { shows: 'two cats under a tree in a park', take: 7, alt: '木の下の猫' },
  'cat-house.webp': { shows: 'a cat in front of a house on a street', take: 2 },
  'dogs-park.jpg': { shows: 'three dogs in a park', take: 4, alt: 'Three dogs in the park' },
  'cake-five.jpg': {
    shows: 'a woman holding a cake and a girl wearing a crown in a park',
    take: 3,
    alt: 'Me with the cake, her with the crown',
  },
  'cake-seven.png': { shows: 'a boy holding a cake and a grandmother holding a bunch of flowers in a park', take: 4 },
  'beach-upright.jpg': {
    shows: 'a woman under an umbrella on a beach',
    take: 5,
    cut: 'upright',
    sideways: true,
    alt: 'Sombrilla en la playa',
  },
  'beach-noon.jpg': { shows: 'two girls eating ice creams on a beach', take: 7 },
  'beach-sunset.jpg': {
    shows: 'two women on a beach with a sailboat on the horizon',
    take: 21,
    alt: 'Pôr do sol na praia',
  },
  'desert-camel.jpg': { shows: 'a woman riding a camel in the desert', take: 4 },
  'park-book.jpg': { shows: 'a grandmother reading a book in a park', take: 5, alt: 'Oma liest im Park' },
  'pizza-astronaut.jpg': {
    shows: 'an astronaut eating pizza on a street',
    take: 4,
    alt: 'Someone in a space suit with a pizza',
  },
};
