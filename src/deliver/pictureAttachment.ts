// A small copy of a picture as part of a message: within its page where that is read, beside it otherwise.
import type { Attachment } from './message.js';

/** What a message's page calls the picture. */
export function cidOf(sha256: string): string {
  return `${sha256.slice(0, 32)}@hotlens`;
}

export function pictureAttachment(sha256: string, jpeg: Uint8Array): Attachment {
  return { name: `picture-${sha256.slice(0, 8)}.jpg`, mimeType: 'image/jpeg', bytes: jpeg, cid: cidOf(sha256) };
}
