// What a report found: ids and numbers alone, so that it can be kept for good. The words and pictures are looked up when it is shown (tellReport), and what was deleted by then is not there.
import type { Burst } from '../../analytics/detection/expectation.js';
import type { HotspotState } from '../../db/generated/client.js';
import type { CountOfGroup, ReportedCounts } from '../../db/reports/countsOfReport.js';
import type { CaptionerOfReport } from '../../db/reports/modelsOfReport.js';
import type { FailureInReport, SeenOfSource } from '../../db/reports/seenInReport.js';
import type { ChangeKind } from './changes.js';
import type { ReportQuestion } from './question.js';

/** Times are in ISO 8601: this is what stands in the database. */
export interface ReportFindings {
  readonly question: ReportQuestion;
  readonly window: FoundSpan;
  /** The window that it is compared with. */
  readonly before: FoundSpan;
  readonly madeAt: string;
  /** "Hotlens 0.1.0" */
  readonly madeBy: string;
  /** The newest first. */
  readonly hotspots: readonly FoundHotspot[];
  /** Hotspots of each kind, also those that the lists are too short for. */
  readonly counts: Readonly<Record<ChangeKind, number>>;
  /** Hotspots with posts in the window that a person has muted. */
  readonly muted: number;
  readonly unions: readonly FoundUnion[];
  readonly seen: FoundCoverage;
  readonly made: FoundProvenance;
}

export interface FoundSpan {
  readonly since: string;
  readonly until: string;
}

export interface FoundHotspot extends ReportedCounts {
  readonly id: string;
  readonly change: Exclude<ChangeKind, 'STEADY'>;
  readonly state: HotspotState;
  readonly emergedAt: string;
  readonly endedAt: string | null;
  readonly mergedIntoId: string | null;
  readonly earlierId: string | null;
  readonly splitFromId: string | null;
  /** How unusual it was when the report was made. */
  readonly score: number;
  readonly burst: Burst | null;
  readonly peakScore: number;
  readonly peak: (Burst & { readonly at: string }) | null;
  readonly opinion: FoundOpinion | null;
  readonly opinionBefore: FoundOpinion | null;
  /** Posts in bars of equal length from the beginning of the window before to the end of the window. */
  readonly bars: readonly number[];
  readonly groups: readonly Pick<CountOfGroup, 'name' | 'posts' | 'postsBefore'>[];
  /** Posts that say the most surely what it is about, the surest first. */
  readonly evidence: readonly { readonly postId: string; readonly sha256: string | null }[];
  /** What many accounts posted within minutes in the window, in words. */
  readonly coordinated: readonly string[];
}

/** Authors count once each. */
export interface FoundOpinion {
  /** Mean, -1 to 1, with its 95 % interval; null: nobody's posts can be read, or there are too few. */
  readonly score: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
  readonly unknown: number;
}

/** A merge or a split. */
export interface FoundUnion {
  readonly kind: 'MERGED' | 'SPLIT';
  readonly at: string;
  /** MERGED: what became part of `otherId`. SPLIT: what came out of it. */
  readonly hotspotId: string;
  readonly otherId: string;
  readonly reason: string;
}

export interface FoundCoverage extends ReportedCounts {
  readonly sources: readonly SeenOfSource[];
  readonly pictures: number;
  readonly captioned: number;
  readonly failed: number;
  readonly failures: readonly FailureInReport[];
  readonly gaps: readonly {
    readonly source: string;
    readonly since: string;
    readonly until: string;
    readonly usual: number;
  }[];
  /** Of all sources, whatever the question's filter is. */
  readonly imports: { readonly imports: number; readonly refused: number; readonly failed: number };
  /** Posts in bars as those of hotspots. */
  readonly bars: readonly number[];
  /** Posts that detection had not taken in when the report was made. */
  readonly waiting: number;
}

export interface FoundProvenance {
  readonly captioners: readonly CaptionerOfReport[];
  /** Pictures whose caption a person has worded anew. */
  readonly edited: number;
  readonly detection: {
    readonly lastStepAt: string | null;
    readonly coveredHours: number;
    readonly embedderDigest: string;
    readonly embed: 'caption' | 'caption+text';
    /** Null: the lexicon. */
    readonly opinionModel: string | null;
    readonly tuning: Readonly<Record<string, unknown>>;
  } | null;
}

/** Bars of a window and the one before. */
export const BARS = 48;
