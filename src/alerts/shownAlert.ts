// An alert as its readers are shown it.
import type { AlertRow } from '../db/alerts/alertRow.js';
import type { EvidencePost } from '../db/alerts/evidencePosts.js';

/** An alert with all that is shown of it. */
export interface ShownAlert {
  readonly alert: AlertRow;
  readonly title: string;
  readonly keywords: readonly string[];
  /** Of the hotspot, so far. */
  readonly posts: number;
  readonly authors: number;
  readonly link: string;
  readonly silenceLink: string;
  readonly evidence: readonly ShownPost[];
}

export interface ShownPost extends EvidencePost {
  /** Of its picture in the message; undefined: it is not shown. */
  readonly cid?: string;
}

/** "14 March 2026, 15:45 UTC". */
export function timeInWords(at: Date): string {
  const format = {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  return `${at.toLocaleString('en-GB', { ...format, timeZone: 'UTC' }).replace(' at ', ', ')} UTC`;
}
