// The latest searches of this browser, the last one first.
import { remembered } from '../../remembered.js';

const MOST = 8;
const searches = remembered<string[]>('searches');

export function recentSearches(): readonly string[] {
  const known: unknown = searches.get();
  return Array.isArray(known) ? known.filter((one) => typeof one === 'string').slice(0, MOST) : [];
}

export function rememberSearch(words: string): void {
  searches.set([words, ...recentSearches().filter((one) => one !== words)].slice(0, MOST));
}

export function forgetSearches(): void {
  searches.set([]);
}
