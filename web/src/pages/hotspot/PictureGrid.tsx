// Many pictures as a wall of squares that scrolls like paper: only those in sight are in the page, and every square is there before its picture.
import { Link } from '@tanstack/react-router';
import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useWidth } from '../../charts/useWidth.js';
import { counted } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import styles from './PictureGrid.module.css';
import type { WallPicture, WallPictures } from './useWall.js';

/** Least width of a square, with room for two lines of its caption below; where the wall is narrow, smaller ones without (pixels). */
const WIDE = { square: 148, caption: 44, gap: 10 };
const NARROW = { square: 90, caption: 0, gap: 4 };
const NARROW_WALL = 480;
/** After so long without a move the place goes into the address. */
const REST_MS = 400;
/** By then the page around it has come. */
const ARRIVED_MS = 5000;

export interface PictureGridProps {
  readonly wall: WallPictures;
  readonly total: number;
  /** Of the first picture that is to be in sight, as it opens. */
  readonly place: number;
  readonly onPlace: (first: number) => void;
}

export function PictureGrid({ wall, total, place, onPlace }: PictureGridProps) {
  const [measure, width] = useWidth<HTMLUListElement>();
  const scroller = useRef<HTMLElement>(null);
  const { square, caption, gap } = width < NARROW_WALL ? NARROW : WIDE;
  const columns = Math.max(1, Math.floor((width + gap) / (square + gap)));
  const side = (width - (columns - 1) * gap) / columns;
  const height = side + caption + gap;
  const count = width === 0 ? 0 : Math.ceil(total / columns);

  /** The one that the tab key leads to. */
  const [active, setActive] = useState(place);
  const activeRow = Math.floor(active / columns);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 3,
    // It stays in the page also out of sight, so that the keyboard finds it.
    rangeExtractor: useCallback(
      (range: Range) => [...new Set([...defaultRangeExtractor(range), activeRow])].sort((a, b) => a - b),
      [activeRow],
    ),
  });
  const first = Math.floor(((rows.scrollOffset ?? 0) + height / 2) / height) * columns;
  /** What the wall is kept at while its width changes. */
  const kept = useRef(place);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the squares are laid out anew
  useLayoutEffect(() => {
    if (width === 0) return;
    rows.measure();
    rows.scrollToOffset(Math.floor(kept.current / columns) * height);
  }, [columns, height, width === 0]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as it opens
  useEffect(() => (place > 0 ? keepInView(scroller.current!) : undefined), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: onPlace is another one each time
  useEffect(() => {
    if (rows.scrollOffset === null || first === kept.current) return undefined;
    const timer = setTimeout(() => {
      kept.current = first;
      onPlace(first);
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [first]);

  const shown = rows.getVirtualItems();
  const inSight = rows.range;
  useEffect(() => {
    if (inSight) wall.want(inSight.startIndex * columns, (inSight.endIndex + 1) * columns);
  });

  /** Whether the active one is to get the focus as soon as it is in the page: a key asked for it. */
  const leading = useRef(false);
  const activeIsThere = wall.at(active) !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another is led to, and when its picture takes the place of its square
  useEffect(() => {
    if (leading.current)
      scroller.current?.querySelector<HTMLElement>(`[data-place="${active}"]`)?.focus({ preventScroll: true });
  }, [active, activeIsThere]);
  const lead = (event: KeyboardEvent) => {
    const inView = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height)) * columns;
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      PageUp: -inView,
      PageDown: inView,
      Home: -active,
      End: total - 1 - active,
    };
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = Math.min(total - 1, Math.max(0, active + step));
    leading.current = true;
    setActive(next);
    rows.scrollToIndex(Math.floor(next / columns));
  };
  const leave = ({ relatedTarget, currentTarget }: FocusEvent) => {
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) leading.current = false;
  };

  return (
    <section ref={scroller} className={styles.scroll} aria-label="Pictures" onKeyDown={lead} onBlur={leave}>
      <ul
        ref={measure}
        className={styles.wall}
        style={{ height: Math.max(0, count * height - gap) }}
        aria-label={counted(total, 'picture')}
      >
        {shown.flatMap(({ index, start }) =>
          Array.from({ length: Math.min(columns, total - index * columns) }, (_, column) => {
            const at = index * columns + column;
            return (
              <li
                key={at}
                aria-setsize={total}
                aria-posinset={at + 1}
                style={{
                  width: side,
                  height: height - gap,
                  transform: `translate(${column * (side + gap)}px, ${start}px)`,
                }}
                onFocus={() => {
                  leading.current = true;
                  setActive(at);
                }}
              >
                <Square picture={wall.at(at)} place={at} tabIndex={at === active ? 0 : -1} captioned={caption > 0} />
              </li>
            );
          }),
        )}
      </ul>
    </section>
  );
}

/** A link to a place in the wall is one to the wall, also while what is above it still comes: until the viewer does something. */
function keepInView(element: HTMLElement): () => void {
  const observer = new ResizeObserver(() => element.scrollIntoView({ block: 'center' }));
  const signs = ['wheel', 'pointerdown', 'keydown', 'touchstart'] as const;
  const stop = () => {
    observer.disconnect();
    for (const sign of signs) removeEventListener(sign, stop);
  };
  for (const sign of signs) addEventListener(sign, stop, { passive: true });
  observer.observe(document.body);
  setTimeout(stop, ARRIVED_MS);
  return stop;
}

interface SquareProps {
  readonly picture: WallPicture | undefined;
  readonly place: number;
  readonly tabIndex: number;
  readonly captioned: boolean;
}

function Square({ picture, place, tabIndex, captioned }: SquareProps) {
  if (picture === undefined)
    return (
      <span className={styles.empty} data-place={place} tabIndex={tabIndex}>
        <span className="hidden">not loaded yet</span>
      </span>
    );
  const { image, postCount } = picture;
  return (
    <>
      <Link to="/pictures/$sha256" params={{ sha256: image.sha256 }} data-place={place} tabIndex={tabIndex}>
        <Picture picture={image} sizes="10rem" eager />
        {postCount > 1 && (
          <span className={styles.posts}>
            <span aria-hidden="true">×{postCount}</span>
            <span className="hidden">, in {counted(postCount, 'post')}</span>
          </span>
        )}
      </Link>
      {captioned && (
        // The picture says it already.
        <p className={styles.caption} dir="auto" aria-hidden="true" title={image.caption?.text ?? undefined}>
          {image.caption?.text}
        </p>
      )}
    </>
  );
}
