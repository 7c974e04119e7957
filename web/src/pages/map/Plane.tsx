// The map itself: points, titles, pictures where it is near enough, and the line round what is chosen.
import { useNavigate } from '@tanstack/react-router';
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Picture } from '../../parts/Picture.js';
import type { Area } from './area.js';
import type { MapPoints } from './mapPoints.js';
import { nearestPoint } from './nearestPoint.js';
import styles from './Plane.module.css';
import { createPainter, type Painter } from './painter.js';
import { type Label, placeLabels } from './placeLabels.js';
import { Swatch } from './Swatch.js';
import { thumbnailsIn } from './thumbnails.js';
import { useGestures } from './useGestures.js';
import { usePictures } from './usePictures.js';
import { useScheme } from './useScheme.js';
import { type Place, type Size, toMap, toScreen, type View } from './view.js';

export interface PlaneProps {
  readonly points: MapPoints;
  readonly labels: readonly Label[];
  readonly view: View;
  /** Scale at which all of it is in view. */
  readonly whole: number;
  readonly size: Size;
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly area: Area | undefined;
  readonly chosen: Uint32Array | null;
  readonly drawing: boolean;
  onView(view: View): void;
  onArea(corners: readonly Place[]): void;
}

/** Pixels within which a point is meant. */
const REACH = 14;
const REST_MS = 180;
const TIP_MS = 60;
const HELP =
  'Map of captions. Arrow keys move it, plus and minus zoom; the picture in the middle is told, Enter opens it.';

export function Plane(props: PlaneProps) {
  const { points, labels, view, whole, size, frame, area, chosen, drawing, onView, onArea } = props;
  const navigate = useNavigate();
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter | null>(null);
  const [kind, setKind] = useState<string>();
  const scheme = useScheme();
  const [hovered, setHovered] = useState<Place | null>(null);
  const [focused, setFocused] = useState(false);
  const near = useMemo(() => nearestPoint(points), [points]);
  const diameter = diameterAt((size.width * size.height) / points.count, view.scale / whole);

  const pointAt = (at: Place) => near(toMap(at, view, size), REACH / view.scale);
  const open = (at: Place) => {
    const number = points.numbers[pointAt(at)];
    const picture = number === undefined ? undefined : tipPictures.get(number);
    if (picture) void navigate({ to: '/pictures/$sha256', params: { sha256: picture.sha256 } });
  };
  const { line, surface, handlers } = useGestures({
    view,
    size,
    drawing,
    onView,
    onLine: (corners) => onArea(corners.map((corner) => toMap(corner, view, size))),
    onPress: (at) => {
      setHovered(at);
      open(at);
    },
    onHover: setHovered,
  });

  useEffect(() => {
    const made = createPainter(canvas.current!);
    painter.current = made;
    setKind(made.kind);
    return () => {
      painter.current = null;
      made.dispose();
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another painter is shown it too
  useLayoutEffect(() => {
    painter.current?.show({ points, chosen: chosen === null ? null : flags(chosen, points.count) });
  }, [points, chosen, kind]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other points or another painter are drawn anew
  useLayoutEffect(() => {
    painter.current?.draw({ view, size, scheme, diameter });
  }, [view, size, scheme, diameter, points, chosen, kind]);

  const shown = size.width === 0 ? [] : thumbnailsIn(points, { view, size, whole });
  const pictures = usePictures(
    shown.map((i) => points.numbers[i]!).sort((a, b) => a - b),
    REST_MS,
  );
  const told = hovered ?? (focused ? { x: size.width / 2, y: size.height / 2 } : null);
  const tip = told === null ? -1 : pointAt(told);
  const tipPictures = usePictures(tip < 0 ? [] : [points.numbers[tip]!], TIP_MS);
  const tipPicture = tip < 0 ? undefined : tipPictures.get(points.numbers[tip]!);
  const tipAt = tip < 0 ? null : toScreen({ x: points.xs[tip]!, y: points.ys[tip]! }, view, size);

  return (
    <div ref={frame} className={styles.frame}>
      <canvas ref={canvas} className={styles.canvas} data-points={points.count} data-kind={kind} />
      <div className={styles.thumbnails} aria-hidden="true">
        {shown.map((i) => {
          const picture = pictures.get(points.numbers[i]!);
          const at = toScreen({ x: points.xs[i]!, y: points.ys[i]! }, view, size);
          return (
            picture && (
              <span key={points.numbers[i]} style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
                <Picture picture={picture} sizes="60px" />
              </span>
            )
          );
        })}
      </div>
      <svg className={styles.lines} aria-hidden="true">
        {area && <polygon points={joined(area.corners.map((corner) => toScreen(corner, view, size)))} />}
        {line && <polyline points={joined(line)} />}
      </svg>
      <ul className={styles.labels} aria-hidden="true">
        {placeLabels(labels, view, size).map(({ place, title, at }) => (
          <li key={place} style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
            <span>
              <Swatch place={place} />
              <bdi>{title}</bdi>
            </span>
          </li>
        ))}
      </ul>
      <div
        ref={(element) => {
          surface.current = element;
        }}
        role="application"
        aria-label={HELP}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved by keys
        tabIndex={0}
        className={styles.surface}
        data-drawing={drawing || undefined}
        {...handlers}
        onFocus={(event) => setFocused(event.currentTarget.matches(':focus-visible'))}
        onBlur={() => setFocused(false)}
      />
      <p role="status" className="hidden">
        {focused && hovered === null ? (tipPicture?.caption?.text ?? 'no picture here') : ''}
      </p>
      {tipAt && (
        <div
          className={styles.tip}
          data-left={tipAt.x > size.width / 2 || undefined}
          data-up={tipAt.y > size.height / 2 || undefined}
          style={{ transform: `translate(${tipAt.x}px, ${tipAt.y}px)` }}
          aria-hidden="true"
        >
          <div>
            {tipPicture && <Picture picture={tipPicture} sizes="13rem" eager />}
            <p dir="auto">{tipPicture?.caption?.text ?? 'Asking for the picture'}</p>
            <TipHotspot label={labels.find(({ place }) => place === points.hotspotOf[tip])} />
          </div>
        </div>
      )}
    </div>
  );
}

function TipHotspot({ label }: { label: Label | undefined }) {
  return (
    <small>
      {label ? (
        <>
          <Swatch place={label.place} /> <bdi>{label.title}</bdi>
        </>
      ) : (
        'of no hotspot'
      )}
    </small>
  );
}

/** Pixels: points grow as the map comes nearer, from what each has room for (square pixels) on the whole of it. */
function diameterAt(room: number, times: number): number {
  const far = Math.min(7, Math.max(2.5, 0.3 * Math.sqrt(room)));
  return Math.min(12, Math.max(far, far * Math.sqrt(times)));
}

function flags(chosen: Uint32Array, count: number): Uint8Array {
  const found = new Uint8Array(count);
  for (const i of chosen) found[i] = 1;
  return found;
}

function joined(corners: readonly Place[]): string {
  return corners.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
}
