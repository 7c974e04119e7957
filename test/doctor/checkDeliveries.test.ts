import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { checkDeliveries } from '../../src/doctor/checkDeliveries.js';
import { closeMailboxes, openMailbox } from '../support/mailbox.js';

const look = (env: Record<string, string>) => checkDeliveries(readConfig(env));

describe('a look at where messages go', () => {
  afterEach(closeMailboxes);

  it('has nothing to say where nothing is set', async () => {
    expect(await look({})).toEqual([
      { check: 'mail', status: 'ok', found: 'HOTLENS_SMTP_URL is not set: nothing goes out by mail' },
    ]);
  });

  it('tells a mail server that lets it in, one that does not, and one that is not there; never the password', async () => {
    const { smtpUrl } = await openMailbox();
    const host = new URL(smtpUrl).host;
    expect(await look({ HOTLENS_SMTP_URL: smtpUrl })).toMatchObject([
      { check: 'mail', status: 'ok', found: `smtp://${host} lets Hotlens in` },
    ]);
    const [refused] = await look({ HOTLENS_SMTP_URL: `smtp://ann:secret-word@${host}` });
    expect(refused).toMatchObject({ status: 'failed', found: expect.stringContaining('does not let Hotlens in') });
    expect(JSON.stringify(refused)).not.toContain('secret-word');
    await closeMailboxes();
    const [gone] = await look({ HOTLENS_SMTP_URL: smtpUrl });
    expect(gone).toMatchObject({ status: 'failed', found: expect.stringContaining('ECONNREFUSED') });
  });

  it('tells what is no host among those that are allowed', async () => {
    const [media, deliver] = await look({
      HOTLENS_MEDIA_ALLOW: '10.0.0.0/8, media.internal:8080',
      HOTLENS_DELIVER_ALLOW: 'https://hooks.internal/path',
    });
    expect(media).toMatchObject({ status: 'ok', found: 'HOTLENS_MEDIA_ALLOW: 10.0.0.0/8, media.internal:8080' });
    expect(deliver).toMatchObject({ status: 'failed', found: expect.stringContaining('HOTLENS_DELIVER_ALLOW') });
  });
});
