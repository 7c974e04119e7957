// The last hours of a hotspot as small bars; those above what is usual in the accent's colour.
import styles from './Sparkline.module.css';

export interface SparkBar {
  readonly from: string;
  readonly authors: number;
  /** Nine in ten usual bars have at most this; null before the hotspot was found. */
  readonly high: number | null;
}

const WIDTH = 4;
const HEIGHT = 32;

/** Of each kind all bars are one path: a page of hotspots has a thousand of them. */
export function Sparkline({ bars, label }: { bars: readonly SparkBar[]; label: string }) {
  const most = Math.max(1, ...bars.map(({ authors }) => authors));
  const draw = (unusual: boolean) =>
    bars
      .map(({ authors, high }, i) => {
        if (authors === 0 || (high !== null && authors > high) !== unusual) return '';
        const height = (authors / most) * HEIGHT;
        return `M${i * WIDTH} ${HEIGHT}v${-height}h${WIDTH - 1}v${height}z`;
      })
      .join('');
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${Math.max(1, bars.length) * WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={draw(false)} />
      <path d={draw(true)} data-unusual />
    </svg>
  );
}
