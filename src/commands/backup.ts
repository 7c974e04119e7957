// `hotlens backup OUT` and `hotlens restore FILE`: the embedded database and its pictures in one file, and back.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { Manifest } from '../backup/manifest.js';
import { type Config, readConfig } from '../config.js';
import { AppError } from '../errors.js';

interface Flags {
  readonly data?: string;
}

const DATA = ['--data <dir>', 'data directory (default: HOTLENS_DATA, or .hotlens)'] as const;

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('writes the embedded database and its pictures to one file (tar)')
    .argument('<out>', 'the file, which must not be there yet')
    .option(...DATA)
    .action(async (out: string, flags: Flags) => {
      const config = embeddedConfig(flags);
      if (!existsSync(path.join(config.dataDir, 'db')))
        throw new AppError('CONFIG', `there is no database in ${config.dataDir}`);
      const [{ openDatabase }, { openMediaStore }, { writeBackup }] = await Promise.all([
        import('../db/openDatabase.js'),
        import('../ingest/mediaStore.js'),
        import('../backup/writeBackup.js'),
      ]);
      const db = await openDatabase(config).catch(hintAtServer);
      try {
        const manifest = await writeBackup({ pool: db.pool, media: openMediaStore(config.dataDir) }, out);
        process.stdout.write(`${out}: ${inWords(manifest)}\n`);
        for (const sha256 of manifest.missing)
          process.stderr.write(
            `hotlens: the file of the picture ${sha256} is missing or damaged: it is not in the backup\n`,
          );
      } finally {
        await db.close();
      }
    });
}

export function addRestore(program: Command): void {
  program
    .command('restore')
    .description('makes a data directory of a backup, whatever Hotlens made it, as long as it is not newer')
    .argument('<file>', 'the backup')
    .option(...DATA)
    .action(async (file: string, flags: Flags) => {
      const { dataDir } = embeddedConfig(flags);
      const [{ restoreBackup }, { requeueImages }] = await Promise.all([
        import('../backup/restoreBackup.js'),
        import('../jobs/requeueImages.js'),
      ]);
      const manifest = await restoreBackup({ file, dataDir, finish: requeueImages });
      process.stdout.write(`${dataDir}: ${inWords(manifest)}, as of ${manifest.madeAt}\n`);
    });
}

function embeddedConfig({ data }: Flags): Config {
  const config = readConfig();
  if (config.databaseUrl !== undefined)
    throw new AppError(
      'CONFIG',
      'DATABASE_URL is set: back PostgreSQL up with pg_dump and copy the media folder (docs/data.md says how)',
    );
  return data === undefined ? config : { ...config, dataDir: path.resolve(data) };
}

function inWords({ rows, pictures, missing }: Manifest): string {
  const lost = missing.length === 0 ? '' : `, ${missing.length} pictures missing`;
  return `${rows.posts ?? 0} posts, ${pictures.count} pictures${lost}`;
}

function hintAtServer(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
  throw new AppError('CONFLICT', `${error.message}, or have it write the backup: mutation { backUp { file } }`, {
    cause: error,
  });
}
