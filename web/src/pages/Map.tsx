// Every captioned picture of a window as a point in the plane, near those whose captions say alike, in the colours of the hotspots.
import { useQuery } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Button, ToggleButton } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { localMoment } from '../parts/localMoment.js';
import { Note } from '../parts/Note.js';
import { counted } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { TimeSpan } from '../parts/TimeSpan.js';
import { CaptionMapDocument, type CaptionMapQuery } from '../queries/documents.js';
import type { MapView } from '../routes.js';
import styles from './Map.module.css';
import { readArea, within, writeArea } from './map/area.js';
import { Hotspots } from './map/Hotspots.js';
import type { MapPoints } from './map/mapPoints.js';
import { Plane } from './map/Plane.js';
import { Selection } from './map/Selection.js';
import { useMapPoints } from './map/useMapPoints.js';
import { type Place, readView, type Size, toMap, type View, wholeView, writeView, zoomed } from './map/view.js';
import { ALL_HOURS, windowOf } from './map/windowOf.js';

const route = getRouteApi('/map');
const POLL_MS = 15_000;
/** After so long without a move what is looked at goes into the address. */
const REST_MS = 400;
const ZOOM = 1.6;
/** Of a hotspot whose posts have no words in common. */
const NAMELESS = 'not named yet';
const DEFAULT_SPAN = 24;

export function CaptionMap() {
  const view = route.useSearch();
  const variables = windowOf(view);
  const { data, previousData, error, refetch } = useQuery(CaptionMapDocument, {
    variables,
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.hidden,
    notifyOnNetworkStatusChange: false,
  });
  const map = (data ?? (error === undefined ? previousData : undefined))?.map;
  const parameters = new URLSearchParams(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();
  const { points, error: pointsError, again } = useMapPoints(parameters, data?.map.version);
  return (
    <div className={styles.page}>
      <title>Map · Hotlens</title>
      <header className={styles.head}>
        <h1>Map</h1>
        <p className={styles.summary}>{map && <Summary map={map} all={variables.hours === ALL_HOURS} />}</p>
        <Times view={view} />
      </header>
      {error && <Problem error={error} again={() => void refetch()} />}
      {pointsError !== null && <Problem error={pointsError} again={again} />}
      {map && points && points.count > 0 && <Board key={parameters} map={map} points={points} view={view} />}
      {map && points?.count === 0 && <Nothing map={map} all={variables.hours === ALL_HOURS} />}
      {!(map && points) && !error && pointsError === null && (
        <div className={styles.waiting} role="status">
          <span className="hidden">Asking for the map</span>
        </div>
      )}
    </div>
  );
}

/** Its spans are to the newest post, so that the map goes on with it; what is exact stays. */
function Times({ view }: { view: MapView }) {
  const navigate = route.useNavigate();
  const [open, setOpen] = useState(false);
  const { since, until } = view;
  const exact = since !== undefined || until !== undefined;
  const show = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const moment = (name: 'since' | 'until') => {
      const text = String(given.get(name));
      return text === '' ? {} : { [name]: new Date(text).toISOString() };
    };
    void navigate({ search: { ...moment('since'), ...moment('until') } });
  };
  return (
    // Filled in anew when an address says something else.
    <form key={`${since} ${until}`} className={styles.times} data-open={open || exact || undefined} onSubmit={show}>
      <TimeSpan
        since={since && localMoment(since)}
        until={until && localMoment(until)}
        link={(span, name) => (
          <Link
            to="/map"
            search={span === DEFAULT_SPAN ? {} : { hours: span }}
            activeOptions={{ exact: true }}
            aria-current={!exact && (view.hours ?? DEFAULT_SPAN) === span ? 'page' : undefined}
          >
            {name}
          </Link>
        )}
      />
      <Button type="submit" className={`${buttons.button} ${styles.exact}`}>
        Show
      </Button>
      <Button className={`${buttons.button} ${styles.open}`} onPress={() => setOpen(true)}>
        Exact times
      </Button>
    </form>
  );
}

function Board({ map, points, view }: { map: CaptionMapQuery['map']; points: MapPoints; view: MapView }) {
  const navigate = route.useNavigate();
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const whole = useMemo(() => wholeView(points.xs, points.ys, size), [points, size]);
  // Undefined: all of it, also when more comes in.
  const [looked, setLooked] = useState<View | undefined>(() => readView(view.at));
  const [drawing, setDrawing] = useState(false);
  const now = looked ?? whole;
  useEffect(() => {
    const at = looked === undefined ? undefined : writeView(looked);
    if (at === view.at) return undefined;
    const timer = setTimeout(
      () => void navigate({ search: (before) => ({ ...before, at }), replace: true, resetScroll: false }),
      REST_MS,
    );
    return () => clearTimeout(timer);
  }, [looked, view.at, navigate]);

  const labels = useMemo(() => labelsOf(map, points), [map, points]);
  const titles = useMemo(() => new Map(labels.map(({ id, title }) => [id, title])), [labels]);
  const area = useMemo(() => readArea(view.area), [view.area]);
  const stale = area !== undefined && area.layout !== points.layout;
  const chosen = useMemo(
    () => chosenOf(points, view.hotspot, stale ? undefined : area),
    [points, view.hotspot, area, stale],
  );
  const choose = (next: Pick<MapView, 'hotspot' | 'area'>) =>
    void navigate({ search: ({ hotspot: _h, area: _a, ...rest }) => ({ ...rest, ...next }), resetScroll: false });
  const chooseArea = (corners: readonly Place[]) => {
    setDrawing(false);
    choose({ area: writeArea({ layout: points.layout, corners }) });
  };
  const middle = { x: size.width / 2, y: size.height / 2 };
  const chooseView = () =>
    chooseArea(
      [
        { x: 0, y: 0 },
        { x: size.width, y: 0 },
        { x: size.width, y: size.height },
        { x: 0, y: size.height },
      ].map((corner) => toMap(corner, now, size)),
    );
  return (
    <div className={styles.board}>
      <div className={styles.main}>
        <div className={styles.tools} role="toolbar" aria-label="Map tools">
          <Button
            className={buttons.button}
            aria-label="Zoom in"
            onPress={() => setLooked(zoomed(now, ZOOM, middle, size))}
          >
            +
          </Button>
          <Button
            className={buttons.button}
            aria-label="Zoom out"
            onPress={() => setLooked(zoomed(now, 1 / ZOOM, middle, size))}
          >
            −
          </Button>
          <Button className={buttons.button} onPress={() => setLooked(undefined)}>
            Whole map
          </Button>
          <ToggleButton className={`${buttons.button} ${styles.toggle}`} isSelected={drawing} onChange={setDrawing}>
            Draw round some
          </ToggleButton>
          <Button className={buttons.button} onPress={chooseView}>
            Choose what is in view
          </Button>
        </div>
        <Plane
          points={points}
          labels={labels}
          view={now}
          whole={whole.scale}
          size={size}
          frame={frame}
          area={stale ? undefined : area}
          chosen={chosen}
          drawing={drawing}
          onView={setLooked}
          onArea={chooseArea}
        />
      </div>
      <div className={styles.side}>
        {stale && (
          <Note title="The map was laid out anew">
            What was drawn round stands elsewhere now.{' '}
            <Link to="/map" search={{ ...view, area: undefined }}>
              Without it
            </Link>
          </Note>
        )}
        {chosen && (
          <Selection
            points={points}
            chosen={chosen}
            titles={titles}
            by={view.area !== undefined ? { area: view.area } : { hotspot: view.hotspot! }}
            since={map.since}
            until={map.until}
            onClear={() => choose({})}
          />
        )}
        <Hotspots labels={labels} others={othersOf(points)} chosen={view.hotspot} view={view} />
      </div>
    </div>
  );
}

function Summary({
  map: { pictures, waiting, hotspots, since, until },
  all,
}: {
  map: CaptionMapQuery['map'];
  all: boolean;
}) {
  return (
    <>
      {counted(pictures, 'picture')}{' '}
      {!all && (
        <>
          of <Time at={since} />{' '}
        </>
      )}
      to <Time at={until} />, {counted(hotspots.length, 'hotspot')}
      {waiting > 0 && `; ${counted(waiting, 'picture')} still to be placed`}
    </>
  );
}

function Nothing({ map: { waiting }, all }: { map: CaptionMapQuery['map']; all: boolean }) {
  if (waiting > 0)
    return (
      <Note title="The map is being laid out">
        {counted(waiting, 'picture')} {waiting === 1 ? 'waits' : 'wait'} for a place. This takes seconds.
      </Note>
    );
  return (
    <Note title="No picture is on the map">
      Pictures come onto it when they have their captions.
      {!all && (
        <>
          {' '}
          A longer span may have some:{' '}
          <Link to="/map" search={{ hours: 'all' }}>
            all times
          </Link>
        </>
      )}
    </Note>
  );
}

/** Of the hotspots that the points are of. */
function labelsOf(map: CaptionMapQuery['map'], points: MapPoints) {
  const placeOf = new Map(points.hotspots.map((id, i) => [id, i + 1]));
  return map.hotspots.flatMap(({ hotspot, pictures, x, y }) => {
    const place = hotspot ? placeOf.get(hotspot.id) : undefined;
    return hotspot && place !== undefined
      ? [{ id: hotspot.id, title: hotspot.title || NAMELESS, place, pictures, x, y }]
      : [];
  });
}

function chosenOf(
  points: MapPoints,
  hotspot: string | undefined,
  area: ReturnType<typeof readArea>,
): Uint32Array | null {
  if (area !== undefined) return within(area, points);
  if (hotspot === undefined) return null;
  const place = points.hotspots.indexOf(hotspot) + 1;
  const found: number[] = [];
  if (place > 0)
    points.hotspotOf.forEach((each, i) => {
      if (each === place) found.push(i);
    });
  return Uint32Array.from(found);
}

function othersOf({ hotspotOf }: MapPoints): number {
  return hotspotOf.reduce((sum, each) => sum + (each === 0 ? 1 : 0), 0);
}

/** Of an element, in CSS pixels. */
function useSize(ref: React.RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
