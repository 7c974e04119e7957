// A thread that lays a map out: see layOutAside.ts.
import { serveTasks } from '../../threads/serveTasks.js';
import { layOut } from './layOut.js';
import type { LayOutTask } from './layOutAside.js';

await serveTasks(
  async () => undefined,
  (_opened, { vectors, options }: LayOutTask) => layOut(vectors, options),
);
