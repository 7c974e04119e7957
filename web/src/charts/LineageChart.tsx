// The life of a hotspot as a picture: a lane for itself and for each hotspot that it came from or went into, joined where they
// split and merged, with marks where it grew and cooled. What it shows is told in words beside it.

import { AxisBottom } from '@visx/axis';
import { scaleTime } from '@visx/scale';
import { useNow } from '../clock.js';
import { titleOf } from '../parts/titleOf.js';
import styles from './LineageChart.module.css';
import axes from './TimeChart.module.css';
import { useWidth } from './useWidth.js';

export interface Life {
  readonly id: string;
  readonly title: string;
  readonly emergedAt: string;
  readonly endedAt: string | null;
}

export interface LineageChartProps {
  readonly self: Life;
  /** Lanes above it: its earlier life, and what it came out of. */
  readonly before: readonly Life[];
  /** Lanes below it: what came out of it, what became part of it, what it became part of, its later lives. */
  readonly after: readonly Life[];
  /** What ends where it goes into another, by ids. */
  readonly joins: readonly {
    readonly from: string;
    readonly to: string;
    readonly at: string;
    readonly loose?: boolean;
  }[];
  readonly marks: readonly { readonly at: string; readonly kind: 'GREW' | 'COOLED' }[];
}

const LANE = 40;
const BAR = 10;
const AXIS = 26;
const SIDE = 12;
/** Width of a moment at the axis. */
const LABEL = 60;

export function LineageChart({ self, before, after, joins, marks }: LineageChartProps) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const now = useNow();
  const lanes = [...before, self, ...after];
  const start = (life: Life) => Date.parse(life.emergedAt);
  const end = (life: Life) => (life.endedAt === null ? Math.max(now, start(life)) : Date.parse(life.endedAt));
  const [from, to] = [Math.min(...lanes.map(start)), Math.max(...lanes.map(end))];
  const x = scaleTime({
    domain: [from, Math.max(to, from + 60_000)],
    range: [SIDE, Math.max(SIDE + 1, width - SIDE)],
  });
  const y = (id: string) => lanes.findIndex((lane) => lane.id === id) * LANE + LANE - BAR;
  const height = lanes.length * LANE + AXIS + BAR / 2;
  return (
    <div ref={ref} className={styles.chart}>
      <svg width={width} height={height} aria-hidden="true">
        {width > 0 &&
          lanes.map((lane) => (
            <g key={lane.id}>
              <rect
                className={lane.id === self.id ? styles.self : styles.other}
                x={x(start(lane))}
                y={y(lane.id)}
                width={Math.max(3, x(end(lane)) - x(start(lane)))}
                height={BAR}
                rx={BAR / 2}
              />
              <Title lane={lane} at={x(start(lane))} y={y(lane.id) - 5} width={width} />
            </g>
          ))}
        {joins.map(({ from: one, to: other, at, loose }) => (
          <path
            key={`${one} ${other}`}
            className={loose ? styles.loose : styles.join}
            d={`M${x(Date.parse(at))} ${y(one) + BAR / 2}V${y(other) + BAR / 2}`}
          />
        ))}
        {marks.map(({ at, kind }) => (
          <path
            key={`${kind} ${at}`}
            className={styles.mark}
            transform={`translate(${x(Date.parse(at))} ${y(self.id) + BAR / 2})`}
            d={kind === 'GREW' ? 'M-5 3L0-5L5 3Z' : 'M-5-3L0 5L5-3Z'}
          />
        ))}
        <AxisBottom
          scale={x}
          top={lanes.length * LANE + BAR / 2}
          numTicks={Math.max(2, Math.floor(width / 130))}
          axisClassName={axes.axis}
          tickLength={4}
          tickLabelProps={(time) => ({ textAnchor: anchorAt(x(time as Date), width) })}
        />
      </svg>
    </div>
  );
}

/** What stands at an edge reaches inwards. */
function anchorAt(at: number, width: number): 'start' | 'middle' | 'end' {
  if (at < LABEL / 2) return 'start';
  return at > width - LABEL / 2 ? 'end' : 'middle';
}

/** Begins with its lane, or ends at the edge where the lane begins late. */
function Title({ lane, at, y, width }: { lane: Life; at: number; y: number; width: number }) {
  const late = at > width / 2;
  const room = Math.max(8, Math.floor((late ? at : width - at) / 7));
  const title = titleOf(lane);
  return (
    <text
      className={styles.title}
      x={late ? Math.min(width - SIDE, at + 40) : at}
      y={y}
      textAnchor={late ? 'end' : 'start'}
    >
      {title.length > room ? `${title.slice(0, room - 1)}…` : title}
    </text>
  );
}
