// Light or dark, as the page is shown now.
import { useSyncExternalStore } from 'react';
import type { Scheme } from './looks.js';

const dark = matchMedia('(prefers-color-scheme: dark)');

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-scheme'] });
  dark.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', listener);
  };
}

function current(): Scheme {
  const { scheme } = document.documentElement.dataset;
  if (scheme === 'light' || scheme === 'dark') return scheme;
  return dark.matches ? 'dark' : 'light';
}

export function useScheme(): Scheme {
  return useSyncExternalStore(subscribe, current);
}
