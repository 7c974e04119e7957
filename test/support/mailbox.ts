// A mail server that keeps what it is sent.
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  readonly smtpUrl: string;
  readonly mails: ParsedMail[];
  readonly sources: string[];
  readonly recipients: string[][];
}

const servers: SMTPServer[] = [];

export async function closeMailboxes(): Promise<void> {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** A real server; `refuse` answers instead of taking the mail. */
export async function openMailbox(refuse?: { readonly code: number; readonly address?: string }): Promise<Mailbox> {
  const box = { mails: [] as ParsedMail[], sources: [] as string[], recipients: [] as string[][] };
  const refusal = () => Object.assign(new Error('not this one'), { responseCode: refuse!.code });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('who?'), { responseCode: 535 })),
    onRcptTo({ address }, _session, done) {
      done(refuse?.address === address ? refusal() : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse !== undefined && refuse.address === undefined) return done(refusal());
        const source = Buffer.concat(chunks);
        box.recipients.push(session.envelope.rcptTo.map(({ address }) => address));
        box.sources.push(source.toString('latin1'));
        simpleParser(source).then(
          (mail) => {
            box.mails.push(mail);
            done(null);
          },
          (error: Error) => done(error),
        );
      });
    },
  });
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { ...box, smtpUrl: `smtp://127.0.0.1:${port}` };
}
