// Light or dark: as the system has it until somebody chooses. The looks of both are in the sheets, by `data-scheme` of the page.
import { remembered } from './remembered.js';

export type Scheme = 'light' | 'dark';

const chosen = remembered<Scheme>('scheme');

/** Shows the page in what was chosen, if anything was. */
export function showChosenScheme(): void {
  const scheme = chosen.get();
  if (scheme !== undefined) showScheme(scheme);
}

/** As the page is shown now. */
export function schemeShown(): Scheme {
  const { scheme } = document.documentElement.dataset;
  if (scheme === 'light' || scheme === 'dark') return scheme;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function chooseScheme(scheme: Scheme): void {
  chosen.set(scheme);
  showScheme(scheme);
}

function showScheme(scheme: Scheme): void {
  document.documentElement.dataset.scheme = scheme;
}
