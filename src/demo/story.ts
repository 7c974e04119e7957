// The drawn city that `hotlens start --demo` plays, and which part of it is told when.
import { HOUR } from '../simulation/course.js';
import { type Simulation, simulate } from '../simulation/simulate.js';

/**
 * Of this city something happens from the first hour that is played on: a fire, a story that goes on for days, two gatherings that
 * become one, a protest that splits. A smaller rate than a real city's, so that two cores caption it in time.
 */
const CITY = { seed: 15, start: Date.UTC(2026, 2, 2), days: 4, rate: 1, late: 0 };
/** What is known from the start: detection needs a day to know what is usual. */
const HISTORY = 28.5 * HOUR;
/** The hours that are played in minutes; after them the city lives as fast as we do. */
const LAPSE = 22 * HOUR;

export interface Story {
  readonly simulation: Simulation;
  /** Added to the simulation's times (ms): then the lapse ends where the present was when the story was first told. */
  readonly moved: number;
  /** Until when everything is history (ms, moved). */
  readonly history: number;
}

/** The story of a demo that was first started at `began` (ms). */
export function tellStory(began: number): Story {
  const simulation = simulate(CITY);
  const moved = began - (CITY.start + HISTORY + LAPSE);
  return { simulation, moved, history: began - LAPSE };
}
