// What is sent: made from the rows at the time of sending, so that what was deleted meanwhile is not in it.
import type { Delivery } from '../db/generated/client.js';

export interface Attachment {
  readonly name: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** What `html` calls it, as `cid:<cid>`; one without is a file of its own. */
  readonly cid?: string | undefined;
}

export interface Message {
  /** Of its delivery: a repeat has the same. */
  readonly id: string;
  /** One line. */
  readonly title: string;
  /** All of it, for readers without HTML. */
  readonly text: string;
  /** A whole page; its pictures are attachments. Styles stand inline. */
  readonly html: string;
  /** What programs are given. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Page that it is about. */
  readonly link: string;
  /** When what it tells of was, or was made. */
  readonly at: Date;
  readonly attachments: readonly Attachment[];
}

export type Subject = Pick<Delivery, 'id' | 'kind' | 'subjectId'>;

/** The message of a delivery; null where what it is about is gone. Without `attachments` none need be read. */
export type MessageOf = (
  subject: Subject,
  options?: { readonly attachments?: boolean | undefined },
) => Promise<Message | null>;
