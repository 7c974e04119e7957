// Sends a message by whatever its destination is.
import path from 'node:path';
import type { Config } from '../config.js';
import type { Destination } from '../db/generated/client.js';
import { readSettings, type SettingsOf } from './destinationSettings.js';
import type { Message } from './message.js';
import { postJson } from './postJson.js';
import { sendMail } from './sendMail.js';
import { removeFromFolder, sendToFolder } from './sendToFolder.js';
import { signedHeaders } from './signature.js';
import { slackPayload } from './slackPayload.js';

/** How messages leave, of a configuration. */
export type Outlets = Config['deliver'] & { readonly folder: string };

export function outletsOf({ deliver, dataDir }: Pick<Config, 'deliver' | 'dataDir'>): Outlets {
  return { ...deliver, folder: deliver.folder ?? path.join(dataDir, 'delivered') };
}

export type Receiver = Pick<Destination, 'kind' | 'settings' | 'secret'>;

/**
 * Resolves once the other side has it, to what it said against a part of it; null: nothing. Rejects with AppError DELIVERY_REFUSED (final)
 * or DELIVERY_FAILED (retryable).
 */
export async function send(
  message: Message,
  { kind, settings: given, secret }: Receiver,
  { folder: root, allow, timeoutMs, smtpUrl, mailFrom }: Outlets,
): Promise<string | null> {
  const settings = readSettings(kind, given);
  switch (kind) {
    case 'FOLDER': {
      const { path: folder } = settings as SettingsOf<'FOLDER'>;
      await sendToFolder(message, { root, folder });
      return null;
    }
    case 'EMAIL': {
      const { to } = settings as SettingsOf<'EMAIL'>;
      const { refused } = await sendMail(message, { smtpUrl, from: mailFrom, to, timeoutMs });
      return refused.length === 0 ? null : `the mail server refused ${refused.join(', ')}`;
    }
    case 'WEBHOOK': {
      const { url } = settings as SettingsOf<'WEBHOOK'>;
      const body = JSON.stringify(message.json);
      const headers = signedHeaders({ id: message.id, body, secret: secret ?? '' }, Date.now());
      await postJson(url, { body, headers, allow, timeoutMs });
      return null;
    }
    case 'SLACK': {
      const { url } = settings as SettingsOf<'SLACK'>;
      await postJson(url, { body: JSON.stringify(slackPayload(message)), allow, timeoutMs });
      return null;
    }
    // Whoever reads the feed comes for it.
    case 'FEED':
      return null;
  }
}

/** Takes back what lies in a folder of ours; what went elsewhere is there. */
export async function takeBack(id: string, { kind, settings }: Receiver, { folder: root }: Outlets): Promise<void> {
  if (kind === 'FOLDER') await removeFromFolder(id, { root, folder: readSettings('FOLDER', settings).path });
}
