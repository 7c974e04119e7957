// Light or dark, as the page is shown now.
import { useSyncExternalStore } from 'react';
import { type Scheme, schemeShown } from '../../scheme.js';

function subscribe(listener: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-scheme'] });
  dark.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', listener);
  };
}

export function useScheme(): Scheme {
  return useSyncExternalStore(subscribe, schemeShown);
}
