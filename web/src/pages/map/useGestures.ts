// Moving a map by mouse, touch, wheel and keys, and drawing a line round a part of it.
import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';
import { moved, type Place, type Size, type View, zoomed } from './view.js';

export interface GestureOptions {
  readonly view: View;
  readonly size: Size;
  /** Whether dragging draws a line; with the shift key it does always. */
  readonly drawing: boolean;
  onView(view: View): void;
  /** A line was drawn: its corners, in pixels from the upper left. */
  onLine(corners: readonly Place[]): void;
  /** Something was pressed and let go where it was. */
  onPress(at: Place): void;
  /** Where the mouse is; null: it has left, or drags. */
  onHover(at: Place | null): void;
}

const KEY_STEP = 60;
const KEY_ZOOM = 1.4;
/** Pixels that a press may shake. */
const SHAKE = 4;
/** Pixels between two corners of a line. */
const CORNER = 4;

export function useGestures(options: GestureOptions) {
  // Handlers see the newest view, though several events may come before the next drawing.
  const now = useRef(options);
  // A mouse tells of more moves than there are frames: what is looked at is told of once a frame.
  const untold = useRef<View | null>(null);
  now.current = untold.current === null ? options : { ...options, view: untold.current };
  const pointers = useRef(new Map<number, Place>());
  const start = useRef<{ at: Place; far: boolean } | null>(null);
  const [line, setLine] = useState<readonly Place[] | null>(null);
  const drawn = useRef<Place[] | null>(null);
  const surface = useRef<HTMLElement | null>(null);

  const look = (view: View) => {
    now.current = { ...now.current, view };
    if (untold.current === null)
      requestAnimationFrame(() => {
        const told = untold.current!;
        untold.current = null;
        now.current.onView(told);
      });
    untold.current = view;
  };
  const placeOf = (event: { clientX: number; clientY: number }): Place => {
    const box = surface.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what it calls reads what is newest
  useEffect(() => {
    const element = surface.current;
    if (element === null) return undefined;
    // React's own listener could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { view, size } = now.current;
      const pixels = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
      look(zoomed(view, Math.exp(-pixels / 400), placeOf(event), size));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  const onPointerDown = (event: ReactPointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    pointers.current.set(event.pointerId, at);
    start.current = { at, far: pointers.current.size > 1 };
    drawn.current = pointers.current.size === 1 && (now.current.drawing || event.shiftKey) ? [at] : null;
    setLine(drawn.current);
  };

  const onPointerMove = (event: ReactPointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId);
    const at = placeOf(event);
    if (before === undefined) {
      if (event.pointerType === 'mouse') now.current.onHover(at);
      return;
    }
    now.current.onHover(null);
    const { view, size } = now.current;
    const begun = start.current;
    if (begun !== null && Math.hypot(at.x - begun.at.x, at.y - begun.at.y) > SHAKE) begun.far = true;
    if (drawn.current !== null) {
      const last = drawn.current.at(-1)!;
      if (Math.hypot(at.x - last.x, at.y - last.y) < CORNER) return;
      drawn.current = [...drawn.current, at];
      setLine(drawn.current);
      return;
    }
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, at);
    if (other === undefined) {
      if (begun?.far) look(moved(view, at.x - before.x, at.y - before.y));
      return;
    }
    // Two fingers: what is between them stays between them.
    const between = (a: Place) => ({ x: (a.x + other.x) / 2, y: (a.y + other.y) / 2 });
    const apart = (a: Place) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    const [middle, was] = [between(at), between(before)];
    look(zoomed(moved(view, middle.x - was.x, middle.y - was.y), apart(at) / apart(before), middle, size));
  };

  const onPointerUp = (event: ReactPointerEvent<HTMLElement>) => {
    if (!pointers.current.delete(event.pointerId)) return;
    const corners = drawn.current;
    drawn.current = null;
    setLine(null);
    if (corners !== null && corners.length > 2) now.current.onLine(corners);
    else if (start.current?.far === false) now.current.onPress(placeOf(event));
    if (pointers.current.size === 0) start.current = null;
  };

  const onPointerCancel = (event: ReactPointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
    drawn.current = null;
    setLine(null);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const { view, size } = now.current;
    const middle = { x: size.width / 2, y: size.height / 2 };
    const next = (): View | undefined => {
      switch (event.key) {
        case 'ArrowLeft':
          return moved(view, KEY_STEP, 0);
        case 'ArrowRight':
          return moved(view, -KEY_STEP, 0);
        case 'ArrowUp':
          return moved(view, 0, KEY_STEP);
        case 'ArrowDown':
          return moved(view, 0, -KEY_STEP);
        case '+':
        case '=':
          return zoomed(view, KEY_ZOOM, middle, size);
        case '-':
          return zoomed(view, 1 / KEY_ZOOM, middle, size);
        default:
          return undefined;
      }
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const found = next();
    if (found !== undefined) look(found);
    else if (event.key === 'Enter') now.current.onPress(middle);
    else return;
    event.preventDefault();
  };

  return {
    line,
    surface,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel,
      onPointerLeave: () => now.current.onHover(null),
      onKeyDown,
    },
  };
}
