// Posts and distinct authors over time, before the band of what is usual.
import { Area, LinePath } from '@visx/shape';
import { counted, decimal } from '../parts/numbers.js';
import type { HotspotTimelineQuery } from '../queries/documents.js';
import styles from './ActivityChart.module.css';
import { barLabel } from './barLabel.js';
import { type BarChoice, TimeChart } from './TimeChart.js';

type Bar = NonNullable<HotspotTimelineQuery['hotspot']>['timeline'][number];

export function ActivityChart({ bars, ...choice }: { bars: readonly Bar[] } & BarChoice) {
  const most = Math.max(1, ...bars.map(({ posts, high }) => Math.max(posts, high ?? 0)));
  const usual = bars.filter(({ low, high }) => low !== null && high !== null);
  const middle = ({ from, to }: Bar) => new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString();
  return (
    <>
      <TimeChart
        title="Posts and authors"
        bars={bars}
        domain={[0, most]}
        tell={told}
        {...choice}
        draw={({ x, y }) => (
          <>
            <Area
              className={styles.band}
              data={usual}
              x={(bar) => x(middle(bar))}
              y0={({ low }) => y(low ?? 0)}
              y1={({ high }) => y(high ?? 0)}
            />
            {bars.map(({ from, to, posts }) => (
              <rect
                key={from}
                className={styles.posts}
                x={x(from) + 0.5}
                width={Math.max(1, x(to) - x(from) - 1)}
                y={y(posts)}
                height={y(0) - y(posts)}
              />
            ))}
            <LinePath
              className={styles.authors}
              data={[...bars]}
              x={(bar) => x(middle(bar))}
              y={({ authors }) => y(authors)}
            />
          </>
        )}
      />
      <ul className={styles.legend} aria-hidden="true">
        <li data-what="posts">posts</li>
        <li data-what="authors">distinct authors</li>
        <li data-what="band">usual, nine times in ten</li>
      </ul>
    </>
  );
}

function told(bar: Bar): string {
  const usual = bar.expected === null ? '' : `; usual: ${decimal(bar.expected)}, at most ${decimal(bar.high ?? 0)}`;
  return `${barLabel(bar)}: ${counted(bar.posts, 'post')} by ${counted(bar.authors, 'author')}${usual}`;
}
