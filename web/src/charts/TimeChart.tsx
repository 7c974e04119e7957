// What every chart over time shares: the frame with its axes, and the bar that is looked at, by pointer or by the arrow keys.
import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleLinear, scaleTime } from '@visx/scale';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useState } from 'react';
import styles from './TimeChart.module.css';
import { useWidth } from './useWidth.js';

export interface Span {
  readonly from: string;
  readonly to: string;
}

export interface BarChoice {
  /** Called with the bar that is clicked, or that Enter is pressed on. */
  readonly onChoose?: (bar: Span) => void;
  /** Where the chosen bar begins. */
  readonly chosen?: string | undefined;
}

export interface TimeChartProps<T extends Span> extends BarChoice {
  readonly title: string;
  readonly bars: readonly T[];
  /** Lowest and highest value. */
  readonly domain: readonly [number, number];
  readonly height?: number;
  readonly draw: (scales: { x: (at: string) => number; y: (value: number) => number }) => ReactNode;
  /** What the bar that is looked at says. */
  readonly tell: (bar: T) => string;
  readonly formatValue?: (value: number) => string;
}

const MARGIN = { top: 8, right: 8, bottom: 24, left: 40 };

export function TimeChart<T extends Span>({
  title,
  bars,
  domain,
  height = 220,
  draw,
  tell,
  formatValue,
  onChoose,
  chosen,
}: TimeChartProps<T>) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [looked, setLooked] = useState<number | null>(null);
  const id = useId();
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;
  const time = scaleTime({
    domain: [new Date(first.from), new Date(last.to)],
    range: [MARGIN.left, Math.max(MARGIN.left + 1, width - MARGIN.right)],
  });
  const value = scaleLinear({ domain: [...domain], range: [height - MARGIN.bottom, MARGIN.top], nice: true });
  const x = (at: string) => time(new Date(at));
  const bar = looked === null ? undefined : bars[looked];
  const kept = bars.find(({ from }) => from === chosen);

  const atPointer = ({ clientX, currentTarget }: PointerEvent<HTMLDivElement>) => {
    const at = time.invert(clientX - currentTarget.getBoundingClientRect().left).getTime();
    const found = bars.findIndex(({ to }) => at < new Date(to).getTime());
    setLooked(found === -1 ? bars.length - 1 : found);
  };
  const byKey = (event: KeyboardEvent) => {
    const now = looked ?? bars.length - 1;
    if (event.key === 'Enter' && onChoose) {
      event.preventDefault();
      onChoose(bars[now]!);
      return;
    }
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    setLooked(Math.min(bars.length - 1, Math.max(0, next)));
  };

  return (
    <figure className={styles.figure}>
      <figcaption id={id}>{title}</figcaption>
      <div
        ref={ref}
        // The bar that is looked at is chosen as on a slider, and read out as its value.
        role="slider"
        tabIndex={0}
        aria-labelledby={id}
        aria-valuemin={1}
        aria-valuemax={bars.length}
        aria-valuenow={(looked ?? bars.length - 1) + 1}
        aria-valuetext={tell(bar ?? last)}
        onPointerMove={atPointer}
        onPointerLeave={() => setLooked(null)}
        onKeyDown={byKey}
        onClick={() => bar && onChoose?.(bar)}
        data-choosing={onChoose !== undefined || undefined}
      >
        <svg width={width} height={height} aria-hidden="true">
          {kept && (
            <rect
              className={styles.kept}
              x={x(kept.from)}
              width={Math.max(1, x(kept.to) - x(kept.from))}
              y={MARGIN.top}
              height={height - MARGIN.bottom - MARGIN.top}
            />
          )}
          {bar && (
            <rect
              className={styles.looked}
              x={x(bar.from)}
              width={Math.max(1, x(bar.to) - x(bar.from))}
              y={MARGIN.top}
              height={height - MARGIN.bottom - MARGIN.top}
            />
          )}
          {width > 0 && draw({ x, y: (each) => value(each) })}
          <AxisBottom
            scale={time}
            top={height - MARGIN.bottom}
            numTicks={Math.max(2, Math.floor(width / 110))}
            axisClassName={styles.axis}
            tickLength={4}
          />
          <AxisLeft
            scale={value}
            left={MARGIN.left}
            numTicks={4}
            axisClassName={styles.axis}
            tickLength={4}
            hideAxisLine
            {...(formatValue && { tickFormat: (each) => formatValue(Number(each)) })}
          />
        </svg>
      </div>
      <p className={styles.told} aria-hidden="true">
        {bar && tell(bar)}
      </p>
    </figure>
  );
}
