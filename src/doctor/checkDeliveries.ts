// Where reports and alerts go out: the mail server, and the hosts that an operator allows on purpose.
import type { Config } from '../config.js';
import { verifyMail } from '../deliver/sendMail.js';
import { messageOf } from '../errors.js';
import { mediaAllow } from '../ingest/mediaAllow.js';
import { type Finding, failed, ok } from './finding.js';

const DEADLINE_MS = 10_000;

export async function checkDeliveries({ deliver, media }: Pick<Config, 'deliver' | 'media'>): Promise<Finding[]> {
  return [
    ...checkAllowed('HOTLENS_MEDIA_ALLOW', media.allow),
    ...checkAllowed('HOTLENS_DELIVER_ALLOW', deliver.allow),
    await checkMail(deliver.smtpUrl),
  ];
}

function checkAllowed(variable: string, entries: readonly string[]): Finding[] {
  if (entries.length === 0) return [];
  try {
    mediaAllow(entries, variable);
    return [ok('allowed hosts', `${variable}: ${entries.join(', ')}`)];
  } catch (error) {
    return [failed('allowed hosts', messageOf(error), `correct ${variable}: nothing goes there meanwhile`)];
  }
}

/** Connects, and signs in where the address has a name; sends nothing. */
async function checkMail(smtpUrl: string | undefined): Promise<Finding> {
  if (smtpUrl === undefined) return ok('mail', 'HOTLENS_SMTP_URL is not set: nothing goes out by mail');
  // Without its password.
  const { protocol, host } = new URL(smtpUrl);
  const server = `${protocol}//${host}`;
  try {
    await verifyMail({ smtpUrl, timeoutMs: DEADLINE_MS });
    return ok('mail', `${server} lets Hotlens in`);
  } catch (error) {
    return failed(
      'mail',
      `${server} does not let Hotlens in: ${messageOf(error)}`,
      'correct HOTLENS_SMTP_URL (smtp://user:password@host:587, or smtps:// for TLS from the start); mail waits in the outbox',
    );
  }
}
