// A message as mail: plain text beside HTML with its pictures, and files.
import { createTransport } from 'nodemailer';
import { AppError, messageOf } from '../errors.js';
import type { Message } from './message.js';

export interface SendMailOptions {
  /** smtp(s)://user:password@host:port; undefined: none is set. */
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly timeoutMs: number;
}

/**
 * Resolves when the server has taken it, to the addresses that it refused among others. Rejects with AppError DELIVERY_REFUSED (the server
 * said so for good, 5xx) or DELIVERY_FAILED (retryable). A repeat has the same Message-ID.
 */
export async function sendMail(
  message: Message,
  { smtpUrl, from, to, timeoutMs }: SendMailOptions,
): Promise<{ readonly refused: readonly string[] }> {
  if (smtpUrl === undefined)
    throw new AppError('DELIVERY_FAILED', 'HOTLENS_SMTP_URL is not set: mail goes out through no server', {
      retryable: true,
      kind: 'OTHER',
    });
  const transport = openTransport({ smtpUrl, timeoutMs });
  try {
    const { rejected = [] } = await transport.sendMail({
      from,
      to: [...to],
      messageId: `<${message.id}@hotlens>`,
      date: new Date(),
      subject: message.title,
      text: message.text,
      html: message.html,
      attachments: message.attachments.map(({ name, mimeType, bytes, cid }) => ({
        filename: name,
        contentType: mimeType,
        content: Buffer.from(bytes),
        ...(cid === undefined ? {} : { cid, contentDisposition: 'inline' as const }),
      })),
      // Nobody's holiday note should answer a machine.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    return { refused: rejected };
  } catch (error) {
    const { responseCode = 0, code } = error as { readonly responseCode?: number; readonly code?: string };
    const reason = `mail: ${messageOf(error).slice(0, 300)}`;
    // That we were not let in says nothing of the message: somebody will put the password right.
    if (responseCode >= 500 && code !== 'EAUTH') throw new AppError('DELIVERY_REFUSED', reason, { cause: error });
    const kind = responseCode > 0 ? 'SERVER' : 'NETWORK';
    throw new AppError('DELIVERY_FAILED', reason, { cause: error, retryable: true, kind });
  } finally {
    transport.close();
  }
}

/** Whether the server lets us in; sends nothing. Rejects with what it, or the way to it, says. */
export async function verifyMail(server: MailServer): Promise<void> {
  const transport = openTransport(server);
  try {
    await transport.verify();
  } finally {
    transport.close();
  }
}

interface MailServer {
  readonly smtpUrl: string;
  readonly timeoutMs: number;
}

function openTransport({ smtpUrl, timeoutMs }: MailServer) {
  return createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // Whatever a message holds, nothing is read for it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
