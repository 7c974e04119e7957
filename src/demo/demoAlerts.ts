// Somewhere for the demo's alerts to go: a folder of its own, and a feed.
import type { Pool } from 'pg';
import { hashOf, newToken } from '../access/secrets.js';
import { insertDestination } from '../db/deliver/destinationRow.js';
import { withTransaction } from '../db/withTransaction.js';

/** Once: what a person has taken away since stays away. The feed's address is made anew on the page Alerts, and shown there. */
export async function openDemoDestinations(pool: Pool): Promise<void> {
  await withTransaction(pool, async (client) => {
    const { rows } = await client.query<{ begun: boolean }>(
      'SELECT EXISTS (SELECT FROM destinations) OR EXISTS (SELECT FROM alerts) AS begun',
    );
    if (rows[0]!.begun) return;
    const made = [
      await insertDestination(client, { name: 'Files', kind: 'FOLDER', settings: { path: 'alerts' }, secret: null }),
      await insertDestination(client, { name: 'Feed', kind: 'FEED', settings: {}, secret: hashOf(newToken()) }),
    ];
    await client.query('UPDATE alert_rules SET destination_ids = $1::uuid[] WHERE destination_ids = $2::uuid[]', [
      made.map(({ id }) => id),
      [],
    ]);
  });
}
