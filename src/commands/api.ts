// `hotlens api`: the API alone, beside workers on the same PostgreSQL.
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { requireDatabaseUrl } from './requireDatabaseUrl.js';
import { parsePort } from './start.js';

export function addApi(program: Command): void {
  program
    .command('api')
    .description('runs the API alone, over DATABASE_URL; the models are loaded when they are first asked for')
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free (default: HOTLENS_PORT, or 4000)', parsePort)
    .action(async ({ port }: { readonly port?: number }) => {
      const config = requireDatabaseUrl(readConfig());
      const { runApp } = await import('./runApp.js');
      await runApp({
        config: { ...config, port: port ?? config.port },
        api: true,
        worker: false,
        onStarted: ({ url }) => void process.stdout.write(`Hotlens is at ${url}\n`),
      });
    });
}
