// Deletes files of reports that are out of date: of earlier generations (archive.ts), and of runs that are gone.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';
import type { Config } from '../config.js';
import { generationsOfRuns } from '../db/reports/reportRuns.js';

/** Resolves to how many went. */
export async function sweepReports({
  pool,
  config,
}: {
  readonly pool: Pool;
  readonly config: Pick<Config, 'dataDir'>;
}): Promise<number> {
  const root = path.join(config.dataDir, 'reports');
  const ids = (await readdir(root).catch(() => [])).filter((name) => /^[0-9a-f-]{36}$/.test(name));
  const generations = await generationsOfRuns(pool, ids);
  let swept = 0;
  for (const id of ids) {
    const folder = path.join(root, id);
    const generation = generations.get(id);
    const names = await readdir(folder).catch(() => []);
    // One that is being written now is of this generation, or is found out when it is written.
    const old = names.filter((name) => generation === undefined || !name.startsWith(`${generation}.`));
    for (const name of old) await rm(path.join(folder, name), { force: true });
    swept += old.length;
    if (generation === undefined) await rm(folder, { recursive: true, force: true });
  }
  return swept;
}

/** Where the files of a run lie. */
export function folderOf({ dataDir }: Pick<Config, 'dataDir'>, id: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    throw new Error(`folderOf: expected a UUID, got ${JSON.stringify(id)}`);
  return path.join(dataDir, 'reports', id);
}
