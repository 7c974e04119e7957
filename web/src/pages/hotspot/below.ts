// What stands below the head of a hotspot's page: its charts and its table need more script than all the rest.
export { Evidence } from './Evidence.js';
export { Life } from './Life.js';
export { Over } from './Over.js';
export { Wall } from './Wall.js';
