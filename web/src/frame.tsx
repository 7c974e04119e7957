// What the pages look like before any answer, and before any script: drawn when Hotlens is built, of the same parts that the browser draws,
// and put into the HTML of each page (scripts/webPages.js).
import { createMemoryHistory } from '@tanstack/react-router';
import { renderToStaticMarkup } from 'react-dom/server';
import { App } from './App.js';
import { createGraphqlClient } from './client.js';
import { createPages } from './router.js';

/** The pages by their files in pages/, and an address that leads to each. */
export const PAGES: Readonly<Record<string, string>> = {
  Now: '/',
  Hotspot: '/hotspots/h0',
  Picture: '/pictures/0',
  Search: '/search',
  Map: '/map',
  Alerts: '/alerts',
  Reports: '/reports',
  Import: '/import',
  OneImport: '/import/0',
  System: '/system',
  Keys: '/keys',
  SignIn: '/signin',
};

/** The markup at the address. What a page says in its title, and addresses that name a time, are left to the script, which knows what is there. */
export async function drawFrame(address: string, { demo }: { readonly demo: boolean }): Promise<string> {
  const pages = createPages(createMemoryHistory({ initialEntries: [address] }));
  await pages.load();
  // What went wrong is in the page, where a browser would show it.
  const failed = pages.state.matches.find(({ status }) => status !== 'success');
  if (failed) throw new Error(`drawFrame: ${address} is ${failed.status}`, { cause: failed.error });
  const markup = renderToStaticMarkup(<App client={createGraphqlClient()} pages={pages} demo={demo} />);
  // A time in an address would be that of the build.
  return markup.replace(/<title>[^<]*<\/title>/g, '').replace(/\?since=[^"]*(?=")/g, '');
}
