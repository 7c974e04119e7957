// What the charts of a hotspot are asked for with.
import type { HotspotTimelineQueryVariables } from '../../queries/documents.js';
import type { HotspotView } from '../../routes.js';

const MOST_BARS = 336;

export function hotspotTimelineVariables(id: string, { bar = 60 }: HotspotView): HotspotTimelineQueryVariables {
  return { id, minutes: bar, last: MOST_BARS };
}
