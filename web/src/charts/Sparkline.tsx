// The last hours of a hotspot as small bars; those above what is usual in the accent's colour.
import { scaleLinear } from '@visx/scale';
import styles from './Sparkline.module.css';

export interface SparkBar {
  readonly from: string;
  readonly authors: number;
  /** Nine in ten usual bars have at most this; null before the hotspot was found. */
  readonly high: number | null;
}

const WIDTH = 4;
const HEIGHT = 32;

export function Sparkline({ bars, label }: { bars: readonly SparkBar[]; label: string }) {
  const most = Math.max(1, ...bars.map(({ authors }) => authors));
  const y = scaleLinear({ domain: [0, most], range: [0, HEIGHT] });
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${Math.max(1, bars.length) * WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {bars.map(({ from, authors, high }, i) => (
        <rect
          key={from}
          data-unusual={(high !== null && authors > high) || undefined}
          x={i * WIDTH}
          width={WIDTH - 1}
          y={HEIGHT - y(authors)}
          height={y(authors)}
        />
      ))}
    </svg>
  );
}
