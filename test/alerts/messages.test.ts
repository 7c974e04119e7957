// What is sent of an alert, and what becomes of that.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import sharp from 'sharp';
import { queueDeliveries } from '../../src/db/deliver/queueDeliveries.js';
import { withTransaction } from '../../src/db/withTransaction.js';
import { deletePosts } from '../../src/jobs/deletePosts.js';
import { messagesFrom } from '../../src/messages.js';
import { alertDesk } from '../support/alertDesk.js';
import { describeDatabases } from '../support/databases.js';
import { HOSTILE_TEXTS } from '../support/hostileTexts.js';
import { plantHotspot } from '../support/plantHotspot.js';
import { PIXEL } from '../support/someMessage.js';

describeDatabases('the message of an alert', (open) => {
  const desk = alertDesk(open);

  it('lays its pictures and words in a folder, and takes them back when the posts are deleted', async () => {
    const { pool } = open();
    const sha256 = await desk.services.addImage(PIXEL.toString('latin1'));
    const kept = await desk.services.media.store.put(PIXEL);
    await pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 1, 1, '0123456789abcdef') ON CONFLICT DO NOTHING`,
      [kept, PIXEL.length],
    );
    expect(sha256).toHaveLength(64);
    await desk.create({ destinationIds: [await desk.folder('kept')] });
    const secret = 'a sentence that only one post says';
    const posts = await plantHotspot(pool, { id: 'h1', at: desk.T, text: secret, image: kept, title: secret });
    await desk.raise(desk.T);
    await desk.pass();
    const all = async () => {
      const folders = await readdir(desk.place('kept'));
      const files = await Promise.all(
        folders.map(async (name) =>
          (await readdir(path.join(desk.place('kept'), name))).map((file) => path.join(desk.place('kept'), name, file)),
        ),
      );
      return files.flat();
    };
    const files = await all();
    expect(files.map((file) => path.basename(file)).sort()).toEqual([
      ...['message.html', 'message.json', 'message.txt', `picture-${kept.slice(0, 8)}.jpg`],
    ]);
    const said = async () => (await Promise.all((await all()).map((file) => readFile(file, 'latin1')))).join('');
    expect(await said()).toContain(secret);
    const others = await plantHotspot(pool, { id: 'h1', at: desk.step(1), text: 'another', title: secret });
    await deletePosts(desk.services, { ids: posts, reason: 'USER' });
    await desk.pass();
    expect(await said()).not.toContain(secret);
    expect((await all()).some((file) => file.endsWith('.jpg'))).toBe(false);
    // With its last post the hotspot goes, and its message with it.
    await pool.query(`UPDATE hotspots SET state = 'ENDED' WHERE id = 'h1'`);
    await deletePosts(desk.services, { ids: others, reason: 'USER' });
    await desk.pass();
    expect(await all()).toEqual([]);
    expect(await desk.alerts()).toEqual([]);
  });

  it('shows a sensitive picture blurred beyond knowing, and says that it is', async () => {
    const { pool } = open();
    // Stripes of 4 pixels: what is left of them tells whether anything could be seen.
    const pixels = Buffer.from(Array.from({ length: 128 * 128 }, (_, i) => (i % 8 < 4 ? 255 : 0)));
    const stripes = await sharp(pixels, { raw: { width: 128, height: 128, channels: 1 } })
      .png()
      .toBuffer();
    const kept = await desk.services.media.store.put(stripes);
    await pool.query(
      `INSERT INTO images (sha256, bytes, mime_type, width, height, phash) VALUES ($1, $2, 'image/png', 128, 128, '0123456789abcdef')`,
      [kept, stripes.length],
    );
    const contrast: number[] = [];
    for (const [i, sensitive] of [false, true].entries()) {
      const name = `blurred ${sensitive}`;
      await desk.create({ name, destinationIds: [await desk.folder(name)], cooldownMinutes: 0 });
      const id = `h${i}`;
      const posts = await plantHotspot(pool, { id, at: desk.step(i), image: kept });
      await pool.query('UPDATE posts SET sensitive = $2 WHERE id = $1', [posts.at(-1), sensitive]);
      await desk.raise(desk.step(i));
      await desk.pass();
      const [newest] = (await readdir(desk.place(name))).sort().reverse();
      const bytes = await readFile(path.join(desk.place(name), newest!, `picture-${kept.slice(0, 8)}.jpg`));
      contrast.push((await sharp(bytes).stats()).channels[0]!.stdev);
      const page = await readFile(path.join(desk.place(name), newest!, 'message.html'), 'utf8');
      expect(page.includes('alt="Blurred, because it is marked as sensitive: a burning mill"')).toBe(sensitive);
    }
    expect(contrast[0]).toBeGreaterThan(100);
    expect(contrast[1]).toBeLessThan(20);
  });

  it.each(HOSTILE_TEXTS)('takes %s in posts, titles and names for words, in every form', async (_name, hostile) => {
    const { pool } = open();
    const clean = hostile.replace(/\ud83d/g, '');
    const id = await desk.create({ name: `rule ${clean}`.slice(0, 90) });
    await plantHotspot(pool, { id: 'h1', at: desk.T, title: clean, text: clean });
    await desk.raise(desk.T);
    const [alert] = await desk.alerts();
    const message = await messagesFrom(desk.services)({ id, kind: 'ALERT', subjectId: alert!.id });
    const { title, html, text, json } = message!;
    expect(title).not.toMatch(/[\n\r\p{Cc}\u202e\u2066]/u);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
    expect(html.match(/<script|onerror=alert\(1\)>|<h1/)).toBe(null);
    expect(
      html
        .replace(/&lt;|&gt;/g, '')
        .match(/<(?!\/?(!doctype|html|head|meta|title|body|h2|a|p|strong|bdi|div|img|hr)\b)/),
    ).toBe(null);
    expect(JSON.parse(JSON.stringify(json))).toMatchObject({
      schema: 1,
      type: 'alert',
      alerts: [{ hotspot: { id: 'h1' } }],
    });
  });

  it('is no message where it is gone, and none is made of its test', async () => {
    const to = await desk.folder('gone');
    await withTransaction(open().pool, (client) =>
      queueDeliveries(client, [
        { kind: 'ALERT', subjectId: '00000000-0000-4000-8000-000000000000', destinationIds: [to] },
      ]),
    );
    await desk.pass();
    expect(await desk.outbox()).toMatchObject([{ status: 'FAILED' }]);
  });
});
