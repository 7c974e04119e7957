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
}

export function readHotspotView(search: Record<string, unknown>): HotspotView {
  const bar = oneOf(BARS, search.bar);
  return bar === undefined || bar === 60 ? {} : { bar };
}

function oneOf<T>(values: readonly T[], value: unknown): T | undefined {
  return values.find((one) => one === value);
}

export interface SearchView {
  readonly q?: string;
  readonly author?: string;
  readonly source?: string;
  /** As a date and time of the viewer's zone, without one. */
  readonly since?: string;
  readonly until?: string;
}

export function readSearchView(search: Record<string, unknown>): SearchView {
  const view: Record<string, string> = {};
  for (const name of ['q', 'author', 'source', 'since', 'until'] as const) {
    // A number in an address is read as one.
    const text = String(search[name] ?? '').trim();
    const moment = name === 'since' || name === 'until';
    if (text !== '' && (!moment || !Number.isNaN(Date.parse(text)))) view[name] = text;
  }
  return view;
}

export interface SignInView {
  /** Where to go afterwards. */
  readonly to?: string;
}

export function readSignInView({ to }: Record<string, unknown>): SignInView {
  return typeof to === 'string' ? { to } : {};
}
