// Feeds: GET /feeds/TOKEN.xml. Readers of feeds show no key; the token is one.
import type { RequestHandler } from 'express';
import { hashOf } from '../access/secrets.js';
import type { Services } from '../context.js';
import { feedDeliveries } from '../db/deliver/deliveryRow.js';
import { feedByTokenHash } from '../db/deliver/destinationRow.js';
import { atomFeed, type FeedEntry } from '../deliver/atomFeed.js';
import { messagesFrom } from '../messages.js';

/** Entries of a feed: readers come more often than so much happens. */
const LENGTH = 30;

export function serveFeeds(services: Services): RequestHandler<{ file: string }> {
  const { db, publicUrl } = services;
  const messageOf = messagesFrom(services);
  return async (request, response, next) => {
    try {
      const [, token] = /^([A-Za-z0-9_-]{43})\.xml$/.exec(request.params.file) ?? [];
      const feed = token === undefined ? null : await feedByTokenHash(db.pool, hashOf(token));
      response.set({ 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' });
      if (feed === null) {
        response.status(404).type('text/plain').send('no such feed\n');
        return;
      }
      const entries: FeedEntry[] = [];
      for (const { deliveredAt, ...row } of await feedDeliveries(db.pool, { destinationId: feed.id, limit: LENGTH })) {
        const message = await messageOf(row, { attachments: false });
        // Gone since, with the posts that it told of.
        if (message !== null) entries.push({ message, deliveredAt });
      }
      const { id, name, createdAt } = feed;
      const xml = atomFeed({ id, name, createdAt, entries, selfUrl: `${publicUrl()}/feeds/${token}.xml` });
      response
        .set({
          'Content-Type': 'application/atom+xml; charset=utf-8',
          'Content-Security-Policy': "sandbox; default-src 'none'",
        })
        .send(xml);
    } catch (error) {
      next(error);
    }
  };
}
