import { afterEach, describe, expect, it } from '@jest/globals';
import { sendMail } from '../../src/deliver/sendMail.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { closeMailboxes, openMailbox } from '../support/mailbox.js';
import { PIXEL, someMessage } from '../support/someMessage.js';

afterEach(closeMailboxes);

const mail = { from: 'Hotlens <hotlens@example.org>', to: ['ann@example.org', 'bob@example.org'], timeoutMs: 5000 };

describe('mail', () => {
  it('arrives as plain text beside HTML with its picture inside, and a file', async () => {
    const { mails, sources, smtpUrl } = await openMailbox();
    const message = someMessage();
    expect(await sendMail(message, { ...mail, smtpUrl })).toEqual({ refused: [] });
    const [got] = mails;
    expect(got).toMatchObject({
      subject: 'Fire at the mill',
      messageId: `<${message.id}@hotlens>`,
      text: expect.stringContaining('31 authors in 15 min'),
      html: expect.stringContaining('<p>31 authors</p>'),
      from: { text: '"Hotlens" <hotlens@example.org>' },
    });
    // The parser puts pictures that are named by their content id in their place.
    expect(got!.html).toContain(`src="data:image/png;base64,${PIXEL.toString('base64')}"`);
    expect(
      got!.attachments.map(({ filename, contentType, contentDisposition, cid, content }) => ({
        ...{ filename, contentType, contentDisposition, cid },
        content: content.toString('base64'),
      })),
    ).toEqual([
      {
        ...{ filename: 'picture-1.png', contentType: 'image/png', contentDisposition: 'inline', cid: 'p1@hotlens' },
        content: PIXEL.toString('base64'),
      },
      {
        ...{ filename: 'report.pdf', contentType: 'application/pdf', contentDisposition: 'attachment', cid: undefined },
        content: Buffer.from('%PDF-1.7 not really').toString('base64'),
      },
    ]);
    const types = [...sources[0]!.matchAll(/^Content-Type: (multipart\/\w+)/gm)].map(([, type]) => type);
    expect(types).toEqual(['multipart/mixed', 'multipart/alternative', 'multipart/related']);
    expect(sources[0]).toContain('Auto-Submitted: auto-generated');
  });

  it('has the same Message-ID when it is sent again', async () => {
    const { mails, smtpUrl } = await openMailbox();
    for (let i = 0; i < 2; i += 1) await sendMail(someMessage(), { ...mail, smtpUrl });
    expect(mails[0]!.messageId).toBe(mails[1]!.messageId);
  });

  it.each(HOSTILE_TEXTS)(
    'takes %s in its subject and text for words, and goes to nobody else',
    async (_name, hostile) => {
      const { mails, recipients, smtpUrl } = await openMailbox();
      await sendMail(someMessage({ title: hostile, text: hostile }), { ...mail, smtpUrl });
      expect(recipients).toEqual([mail.to]);
      expect(mails[0]!.headers.has('bcc')).toBe(false);
      expect(mails[0]!.attachments).toHaveLength(2);
      const words = (text: string) => text.replace(/[\s\p{Cc}\p{Cf}\ufffd\ud83d]+/gu, '');
      expect(words(mails[0]!.text!)).toBe(words(hostile));
    },
  );

  it('says whom the server refused among others', async () => {
    const { smtpUrl } = await openMailbox({ code: 550, address: 'bob@example.org' });
    expect(await sendMail(someMessage(), { ...mail, smtpUrl })).toEqual({ refused: ['bob@example.org'] });
  });

  it.each([
    [554, false],
    [451, true],
  ])('that the server refuses with %s is tried again: %s', async (code, retryable) => {
    const { smtpUrl } = await openMailbox({ code });
    await expect(sendMail(someMessage(), { ...mail, smtpUrl })).rejects.toMatchObject({
      code: retryable ? 'DELIVERY_FAILED' : 'DELIVERY_REFUSED',
      retryable,
    });
  });

  it('is tried again where nobody listens, the password is wrong, or no server is set; its error holds no password', async () => {
    const failure = async (smtpUrl: string | undefined) =>
      sendMail(someMessage(), { ...mail, smtpUrl }).catch((error: unknown) => error);
    const { smtpUrl } = await openMailbox();
    for (const url of ['smtp://127.0.0.1:1', smtpUrl.replace('smtp://', 'smtp://ann:s3cret@'), undefined]) {
      const error = await failure(url);
      expect(error).toMatchObject({ code: 'DELIVERY_FAILED', retryable: true });
      expect(String(error)).not.toContain('s3cret');
    }
  });
});
