// What a search asks for: what its address says, and a picture, which no address can hold.
import type { FilteredPostsQueryVariables, PostFilter, SearchPostsQueryVariables } from '../../queries/documents.js';
import type { SearchView } from '../../routes.js';

/** A picture to search by; it stays in this page. */
export interface AskedPicture {
  readonly name: string;
  /** Address of a copy in the browser, to be shown. */
  readonly shown: string;
  /** As a `data:` URL. */
  readonly data: string;
}

export async function readPicture(file: File): Promise<AskedPicture> {
  const data = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error(`${file.name} can’t be read`));
    reader.readAsDataURL(file);
  });
  return { name: file.name, shown: URL.createObjectURL(file), data };
}

const AT_A_TIME = 30;

/** With words, a picture or both. */
export function foundVariables(view: SearchView, picture?: AskedPicture): SearchPostsQueryVariables {
  return { words: view.q, picture: picture?.data, filter: filterOf(view), first: AT_A_TIME };
}

/** Without either. */
export function newestVariables(view: SearchView): FilteredPostsQueryVariables {
  return { first: AT_A_TIME, filter: filterOf(view) };
}

function filterOf({ author, source, language, area, since, until, hotspot }: SearchView): PostFilter {
  const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text).toISOString());
  const languages = language?.split(/[\s,]+/).filter((tag) => tag !== '');
  return {
    author,
    source,
    // A comma alone is no filter.
    language: languages?.length ? languages : undefined,
    area,
    since: moment(since),
    until: moment(until),
    hotspotId: hotspot,
  };
}

export function filtersSet({ q: _, ...filters }: SearchView): number {
  return Object.keys(filters).length;
}
