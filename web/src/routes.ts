// What the addresses of the pages may say beside their path. Whatever else stands there is as if it were not.
export const LISTS = ['trending', 'newest', 'largest', 'ended'] as const;
export type ListName = (typeof LISTS)[number];

export interface NowView {
  /** Left out: trending. */
  readonly list?: ListName;
}

export function readNowView(search: Record<string, unknown>): NowView {
  const list = oneOf(LISTS, search.list);
  return list === undefined || list === 'trending' ? {} : { list };
}

/** Length of a bar, in minutes. */
export const BARS = [15, 60, 360, 1440] as const;

export interface HotspotView {
  /** Left out: an hour. */
  readonly bar?: (typeof BARS)[number];
  /** The bar whose posts are shown: where it begins, in ISO 8601. */
  readonly at?: string;
  /** How the evidence is sorted. Left out: the newest first. */
  readonly sort?: EvidenceSort;
}

export const SORTS = ['newest', 'oldest', 'author', '-author', 'opinion', '-opinion'] as const;
export type EvidenceSort = (typeof SORTS)[number];

export function readHotspotView(search: Record<string, unknown>): HotspotView {
  const bar = oneOf(BARS, search.bar);
  const sort = oneOf(SORTS, search.sort);
  const at = typeof search.at === 'string' && !Number.isNaN(Date.parse(search.at)) ? search.at : undefined;
  return {
    ...(bar !== undefined && bar !== 60 && { bar }),
    ...(at !== undefined && { at }),
    ...(sort !== undefined && sort !== 'newest' && { sort }),
  };
}

export interface PictureView {
  /** The caption that is explained; left out: the current one. */
  readonly caption?: string;
  /** Place of the word whose map is drawn, from 0. */
  readonly word?: number;
  /** What of the attention is drawn: ECMA's, at all scales, at one of so many cells a side, or in patches. Left out: the Q-Former's. */
  readonly scale?: 'ecma' | 'patches' | number;
}

export function readPictureView({ caption, word, scale }: Record<string, unknown>): PictureView {
  const whole = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;
  return {
    ...(typeof caption === 'string' && /^[0-9a-f-]{36}$/i.test(caption) && { caption }),
    ...(whole(word, 0) && { word: word as number }),
    ...((scale === 'ecma' || scale === 'patches' || whole(scale, 1)) && { scale: scale as PictureView['scale'] }),
  };
}

function oneOf<T>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}

export interface SearchView {
  readonly q?: string;
  readonly author?: string;
  readonly source?: string;
  /** A part of the map (pages/map/area.ts). */
  readonly area?: string;
  /** As a date and time of the viewer's zone, without one. */
  readonly since?: string;
  readonly until?: string;
  /** Id of a hotspot. */
  readonly hotspot?: string;
}

export function readSearchView(search: Record<string, unknown>): SearchView {
  const view: Record<string, string> = {};
  for (const name of ['q', 'author', 'source', 'area', 'since', 'until', 'hotspot'] as const) {
    // A number in an address is read as one.
    const text = String(search[name] ?? '').trim();
    const moment = name === 'since' || name === 'until';
    if (text !== '' && (!moment || !Number.isNaN(Date.parse(text)))) view[name] = text;
  }
  return view;
}

/** Hours of posts on the map. */
export const MAP_WINDOWS = [24, 168, 720] as const;

export interface MapView {
  /** To the newest post; left out: 24. */
  readonly hours?: (typeof MAP_WINDOWS)[number];
  /** In place of hours: moments in ISO 8601. */
  readonly since?: string;
  readonly until?: string;
  /** What is looked at: the middle, and pixels of a unit; left out: all of it. */
  readonly at?: string;
  /** The hotspot, or the part of the map, that is chosen. */
  readonly hotspot?: string;
  readonly area?: string;
}

export function readMapView(search: Record<string, unknown>): MapView {
  const hours = oneOf(MAP_WINDOWS, search.hours);
  const text = (name: 'since' | 'until' | 'at' | 'hotspot' | 'area') => {
    const value = search[name];
    const moment = name === 'since' || name === 'until';
    return typeof value === 'string' && value !== '' && !(moment && Number.isNaN(Date.parse(value)))
      ? { [name]: value }
      : {};
  };
  return {
    ...(hours === undefined || hours === 24 ? {} : { hours }),
    ...text('since'),
    ...text('until'),
    ...text('at'),
    ...text('hotspot'),
    ...text('area'),
  };
}

export interface SignInView {
  /** Where to go afterwards. */
  readonly to?: string;
}

export function readSignInView({ to }: Record<string, unknown>): SignInView {
  return typeof to === 'string' ? { to } : {};
}

export const ALERT_PARTS = ['history', 'rules', 'silences', 'outbox', 'destinations'] as const;

export interface AlertsView {
  /** Left out: the history. */
  readonly part?: (typeof ALERT_PARTS)[number];
  /** The alert that is to be silenced: messages lead here. */
  readonly silence?: string;
}

export function readAlertsView({ part, silence }: Record<string, unknown>): AlertsView {
  const known = oneOf(ALERT_PARTS, part);
  return {
    ...(known !== undefined && known !== 'history' && { part: known }),
    ...(typeof silence === 'string' && /^[0-9a-f-]{36}$/i.test(silence) && { silence }),
  };
}
