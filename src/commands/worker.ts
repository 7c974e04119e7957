// `hotlens worker`: fetching, captioning, embedding and clustering alone, beside the API on the same PostgreSQL.
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { requireDatabaseUrl } from './requireDatabaseUrl.js';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('works off the queues, over DATABASE_URL: fetches, captions, embeds and clusters; as many as you like')
    .action(async () => {
      const config = requireDatabaseUrl(readConfig());
      const { runApp } = await import('./runApp.js');
      await runApp({ config, api: false, worker: true });
    });
}
