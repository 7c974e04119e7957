// What a page asks as it opens, by its address: the same as it would ask by itself once its script is there.
import { hotspotTimelineVariables } from '../pages/hotspot/hotspotTimelineVariables.js';
import { importsVariables } from '../pages/import/importsVariables.js';
import { windowOf } from '../pages/map/windowOf.js';
import { nowVariables } from '../pages/now/nowVariables.js';
import { foundVariables, newestVariables } from '../pages/search/asked.js';
import { CaptionMapQuestion } from '../queries/documents/CaptionMapQuestion.js';
import { DemoQuestion } from '../queries/documents/DemoQuestion.js';
import { FilteredPostsQuestion } from '../queries/documents/FilteredPostsQuestion.js';
import { HotspotQuestion } from '../queries/documents/HotspotQuestion.js';
import { HotspotTimelineQuestion } from '../queries/documents/HotspotTimelineQuestion.js';
import { ImportsQuestion } from '../queries/documents/ImportsQuestion.js';
import { LimitsQuestion } from '../queries/documents/LimitsQuestion.js';
import { NowQuestion } from '../queries/documents/NowQuestion.js';
import { PictureDetailQuestion } from '../queries/documents/PictureDetailQuestion.js';
import { SearchPostsQuestion } from '../queries/documents/SearchPostsQuestion.js';
import { StatusQuestion } from '../queries/documents/StatusQuestion.js';
import { SystemQuestion } from '../queries/documents/SystemQuestion.js';
import { readHotspotView, readMapView, readNowView, readSearchView } from '../routes.js';
import { SIGN_IN } from '../signIn.js';
import type { Question } from './asked.js';

/** The page's own first, then what is around every page. */
export function questionsAt({ pathname, search }: URL, { demo }: { readonly demo: boolean }): Question[] {
  if (pathname === SIGN_IN) return [];
  const around = [{ ...StatusQuestion, variables: {} }, ...(demo ? [{ ...DemoQuestion, variables: {} }] : [])];
  return [...ofPage(pathname, valuesOf(search)), ...around];
}

function ofPage(pathname: string, values: Record<string, unknown>): Question[] {
  const [, page, id] = pathname.split('/').map(decodeURIComponent);
  switch (page) {
    case '':
      return [{ ...NowQuestion, variables: nowVariables(readNowView(values)) }];
    case 'hotspots':
      if (!id) return [];
      return [
        { ...HotspotQuestion, variables: { id } },
        { ...HotspotTimelineQuestion, variables: hotspotTimelineVariables(id, readHotspotView(values)) },
      ];
    case 'pictures':
      return id ? [{ ...PictureDetailQuestion, variables: { sha256: id } }] : [];
    case 'search': {
      const view = readSearchView(values);
      return [
        view.q === undefined
          ? { ...FilteredPostsQuestion, variables: newestVariables(view) }
          : { ...SearchPostsQuestion, variables: foundVariables(view) },
      ];
    }
    case 'map':
      return [{ ...CaptionMapQuestion, variables: windowOf(readMapView(values)) }];
    case 'import':
      if (id) return [];
      return [
        { ...ImportsQuestion, variables: importsVariables },
        { ...LimitsQuestion, variables: {} },
      ];
    case 'system':
      return [{ ...SystemQuestion, variables: {} }];
    default:
      return [];
  }
}

/** What an address says, read as the router reads it: what may be JSON is. */
function valuesOf(search: string): Record<string, unknown> {
  return Object.fromEntries([...new URLSearchParams(search)].map(([name, text]) => [name, readValue(text)]));
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
