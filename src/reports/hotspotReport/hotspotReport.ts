// A report as it is read: the document behind the HTML, the PDF and the JSON.
import type { CountOfGroup, ReportedCounts } from '../../db/reports/countsOfReport.js';
import type { FoundHotspot, ReportFindings } from './findings.js';

/** Raised when a field is taken away or means something else; new fields leave it as it is. */
export const SCHEMA_VERSION = 1;

export interface HotspotReport
  extends Pick<
    ReportFindings,
    'question' | 'window' | 'before' | 'madeAt' | 'madeBy' | 'counts' | 'muted' | 'seen' | 'made'
  > {
  readonly schemaVersion: typeof SCHEMA_VERSION;
  readonly title: string;
  /** IANA name: in which the HTML and the PDF tell times. */
  readonly timeZone: string;
  /** When it was to be made; null: it was asked for by hand. */
  readonly dueAt: string | null;
  /** Earlier times of its schedule that it stands for too. */
  readonly missed: number;
  /** Where it is to be found in Hotlens. */
  readonly link: string;
  /** Nothing is new, grew or cooled. */
  readonly nothingHappened: boolean;
  /** What happened, in a sentence or two. */
  readonly summary: readonly string[];
  /** Each list begins with the largest change. */
  readonly new: readonly ReportedHotspot[];
  readonly grew: readonly ReportedHotspot[];
  readonly cooled: readonly ReportedHotspot[];
  readonly merges: readonly ReportedUnion[];
  readonly splits: readonly ReportedUnion[];
  /** What it showed when it was made, and no longer does, because it was deleted. */
  readonly removed: { readonly posts: number; readonly pictures: number; readonly hotspots: number };
}

export interface ReportedHotspot extends ReportedCounts, Omit<FoundHotspot, 'evidence' | 'burst' | 'groups'> {
  readonly title: string;
  readonly keywords: readonly string[];
  /** Why it is told, in words. */
  readonly reason: string;
  /** Its page. */
  readonly link: string;
  /** 1: as many posts as before; null: there were none. */
  readonly ratio: number | null;
  /** Difference of the means; null: one of them is unknown. */
  readonly opinionChange: number | null;
  readonly groups: readonly Pick<CountOfGroup, 'name' | 'posts' | 'postsBefore'>[];
  readonly pictures: readonly ReportedPicture[];
  readonly evidence: readonly ReportedPost[];
  readonly mergedInto: NamedHotspot | null;
}

export interface NamedHotspot {
  readonly id: string;
  /** Empty: it was deleted. */
  readonly title: string;
  readonly link: string;
}

export interface ReportedPicture {
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly caption: string | null;
  /** Shown blurred. */
  readonly sensitive: boolean;
  /** Its page. */
  readonly link: string;
}

export interface ReportedPost {
  readonly id: string;
  readonly source: string;
  readonly author: string | null;
  readonly postedAt: string;
  /** Its beginning. */
  readonly text: string;
  /** At its source, where that tells one. */
  readonly url: string | null;
}

export interface ReportedUnion {
  readonly at: string;
  /** What became part of the other, or came out of it. */
  readonly hotspot: NamedHotspot;
  readonly other: NamedHotspot;
  readonly reason: string;
}
