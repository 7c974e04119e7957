// `hotlens start`: everything in one process tree, on the embedded database or DATABASE_URL.
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type Config, readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { KEEP_ALL } from '../retention.js';

export interface StartOptions {
  readonly demo?: boolean;
  readonly port?: number;
  readonly data?: string;
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('runs everything: the API, the worker, the models and, without DATABASE_URL, the database')
    .option('--demo', 'plays a drawn city, in a data folder of its own (DATA/demo)')
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free (default: HOTLENS_PORT, or 4000)', parsePort)
    .option('--data <dir>', 'folder of all that is kept (default: HOTLENS_DATA, or .hotlens)')
    .action(async (options: StartOptions) => {
      const { runApp } = await import('./runApp.js');
      const { openCity } = await import('../demo/city.js');
      const city = options.demo ? await openCity() : undefined;
      const enough = new AbortController();
      let life: Promise<void> | undefined;
      await runApp({
        config: withOptions(readConfig(), options),
        api: true,
        worker: true,
        onStarted({ services, url }) {
          process.stdout.write(`Hotlens is at ${url}\n`);
          life = city?.live(services, enough.signal).catch((error: unknown) => {
            if (!enough.signal.aborted) services.log.error({ err: error }, 'the drawn city');
          });
        },
        async onEnding() {
          enough.abort();
          await life;
        },
        ...(city && { notReady: city.notReady, demo: () => city.state }),
      });
    });
}

/** `--port` as commander reads it. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a number from 0 to 65535');
  return port;
}

/** The configuration with what the command line says. The sample never goes into a user's own data. */
function withOptions(config: Config, { demo, port, data }: StartOptions): Config {
  if (demo && config.databaseUrl !== undefined) {
    throw new AppError(
      'CONFIG',
      '--demo has an embedded database of its own: unset DATABASE_URL, or start without --demo',
    );
  }
  const dataDir = data === undefined ? config.dataDir : path.resolve(data);
  // Nor is it too old to be looked at.
  const own = demo ? { dataDir: path.join(dataDir, 'demo'), retention: KEEP_ALL } : { dataDir };
  return { ...config, port: port ?? config.port, ...own };
}
