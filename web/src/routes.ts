// What the addresses of the pages may say beside their path. Whatever else stands there is as if it were not.
import { SPANS, type Span } from './parts/spans.js';

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
  /** How the pictures are listed. Left out: the newest first. */
  readonly pictures?: 'reposted';
  /** Place of the first picture in sight, from 0; left out: 0. */
  readonly place?: number;
  /** The time of the posts that the list of pictures is of, in ISO 8601; left out: now. */
  readonly asOf?: string;
}

export const SORTS = ['newest', 'oldest', 'author', '-author', 'opinion', '-opinion'] as const;
export type EvidenceSort = (typeof SORTS)[number];

export function readHotspotView(search: Record<string, unknown>): HotspotView {
  const bar = oneOf(BARS, search.bar);
  const sort = oneOf(SORTS, search.sort);
  const moment = (name: 'at' | 'asOf') => {
    const value = search[name];
    return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? { [name]: value } : {};
  };
  const place = whole(search.place, 1) ? search.place : undefined;
  return {
    ...(bar !== undefined && bar !== 60 && { bar }),
    ...moment('at'),
    ...(sort !== undefined && sort !== 'newest' && { sort }),
    ...(search.pictures === 'reposted' && { pictures: 'reposted' }),
    ...(place !== undefined && { place, ...moment('asOf') }),
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
  return {
    ...(typeof caption === 'string' && /^[0-9a-f-]{36}$/i.test(caption) && { caption }),
    ...(whole(word, 0) && { word }),
    ...((scale === 'ecma' || scale === 'patches' || whole(scale, 1)) && { scale: scale as PictureView['scale'] }),
  };
}

function whole(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least;
}

function oneOf<T>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}

export interface SearchView {
  readonly q?: string;
  readonly author?: string;
  readonly source?: string;
  /** Tags of languages, with commas between them. */
  readonly language?: string;
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
  for (const name of ['q', 'author', 'source', 'language', 'area', 'since', 'until', 'hotspot'] as const) {
    // A number in an address is read as one.
    const text = String(search[name] ?? '').trim();
    const moment = name === 'since' || name === 'until';
    if (text !== '' && (!moment || !Number.isNaN(Date.parse(text)))) view[name] = text;
  }
  return view;
}

export interface MapView {
  /** To the newest post; left out: 24. */
  readonly hours?: Span;
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
  const hours = oneOf(
    SPANS.map(([, span]) => span),
    search.hours,
  );
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
