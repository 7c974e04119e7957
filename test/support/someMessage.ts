// A message with a picture in it and a file beside it.
import type { Message } from '../../src/deliver/message.js';

/** One pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export function someMessage(changes: Partial<Message> = {}): Message {
  return {
    id: '0199aaaa-0000-7000-8000-000000000001',
    title: 'Fire at the mill',
    text: '31 authors in 15 min\n\nhttp://hotlens.test/hotspots/h1\n',
    html: '<!doctype html>\n<html lang="en"><head><title>Fire</title></head><body><p>31 authors</p><img alt="a fire" src="cid:p1@hotlens"></body></html>',
    json: { schema: 1, type: 'alert', title: 'Fire at the mill' },
    link: 'http://hotlens.test/hotspots/h1',
    at: new Date('2026-03-14T15:44:00Z'),
    attachments: [
      { name: 'picture-1.png', mimeType: 'image/png', bytes: PIXEL, cid: 'p1@hotlens' },
      { name: 'report.pdf', mimeType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 not really') },
    ],
    ...changes,
  };
}
