// Opinion over time: the authors who are for above the line, those against below it, and their mean.
import { LinePath } from '@visx/shape';
import { decimal } from '../parts/numbers.js';
import type { HotspotTimelineQuery } from '../queries/documents.js';
import { barLabel } from './barLabel.js';
import styles from './OpinionChart.module.css';
import { type BarChoice, TimeChart } from './TimeChart.js';

type Bar = NonNullable<HotspotTimelineQuery['hotspot']>['opinion']['timeline'][number];

export function OpinionChart({ bars, turn, ...choice }: { bars: readonly Bar[]; turn: string | null } & BarChoice) {
  const most = Math.max(1, ...bars.map(({ positive, negative }) => Math.max(positive, negative)));
  const read = bars.filter(({ score }) => score !== null);
  const middle = ({ from, to }: Bar) => new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString();
  return (
    <TimeChart
      title="Opinion, by authors"
      bars={bars}
      domain={[-most, most]}
      height={180}
      formatValue={(value) => String(Math.abs(value))}
      tell={told}
      {...choice}
      draw={({ x, y }) => (
        <>
          {bars.map((bar) => {
            const place = { x: x(bar.from) + 0.5, width: Math.max(1, x(bar.to) - x(bar.from) - 1) };
            return (
              <g key={bar.from}>
                <rect className={styles.positive} {...place} y={y(bar.positive)} height={y(0) - y(bar.positive)} />
                <rect className={styles.negative} {...place} y={y(0)} height={y(-bar.negative) - y(0)} />
              </g>
            );
          })}
          <LinePath
            className={styles.mean}
            data={read}
            x={(bar) => x(middle(bar))}
            y={({ score }) => y((score ?? 0) * most)}
          />
          {turn !== null && <line className={styles.turn} x1={x(turn)} x2={x(turn)} y1={y(most)} y2={y(-most)} />}
        </>
      )}
    />
  );
}

function told(bar: Bar): string {
  const unread = bar.unknown > 0 ? `, ${bar.unknown} can’t be read` : '';
  const mean = bar.score === null ? '' : `; mean ${decimal(bar.score)}`;
  return `${barLabel(bar)}: ${bar.positive} for, ${bar.neutral} neither, ${bar.negative} against${unread}${mean}`;
}
