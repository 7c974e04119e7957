// The scenes by name; each takes the canvas and its own options and returns SVG.
import { beach } from './beach.js';
import { birthdayCake } from './birthdayCake.js';
import { cat } from './cat.js';
import { concert } from './concert.js';
import { flood } from './flood.js';
import { football } from './football.js';
import { houseFire } from './houseFire.js';
import { protest } from './protest.js';
import { snowPark } from './snowPark.js';
import { trafficJam } from './trafficJam.js';

export const scenes = { beach, birthdayCake, cat, concert, flood, football, houseFire, protest, snowPark, trafficJam };
