// Public opinion as one strip: authors who are for, neither, and against. Those who can't be read are told, not drawn.
import { counted } from './numbers.js';
import styles from './OpinionStrip.module.css';

export interface OpinionCounts {
  readonly positive: number;
  readonly neutral: number;
  readonly negative: number;
  readonly unknown: number;
}

export function OpinionStrip({ counts }: { counts: OpinionCounts | null }) {
  const read = counts === null ? 0 : counts.positive + counts.neutral + counts.negative;
  if (counts === null || read === 0) return <span className={styles.none}>no opinion that can be read</span>;
  const words = `${counted(counts.positive, 'author')} for, ${counts.neutral} neither, ${counts.negative} against${
    counts.unknown > 0 ? `; ${counts.unknown} can’t be read` : ''
  }`;
  return (
    <span className={styles.strip} role="img" aria-label={`Opinion: ${words}`} title={words}>
      {(['positive', 'neutral', 'negative'] as const).map((kind) => (
        <svg key={kind} data-kind={kind} height="8" width={`${(100 * counts[kind]) / read}%`} aria-hidden="true">
          <rect width="100%" height="8" />
        </svg>
      ))}
    </span>
  );
}
