// What happened, in sentences.
import type { HotspotReport } from './hotspotReport.js';
import { count, percent } from './wording.js';

/** The first says what happened, the second how much it rests on. */
export function summaryOf({
  counts: { NEW, GREW, COOLED, STEADY },
  new: [first],
  grew: [grown],
  seen,
  nothingHappened,
}: Pick<HotspotReport, 'counts' | 'new' | 'grew' | 'seen' | 'nothingHappened'>): string[] {
  const said: string[] = [];
  if (nothingHappened)
    said.push(
      seen.posts === 0
        ? 'Nothing was seen: no post that was asked for is of this time.'
        : `Nothing happened: no hotspot is new, and none grew or cooled by more than chance. ${count(STEADY, 'hotspot')} went on as before.`,
    );
  else {
    const parts = [
      NEW > 0 ? `${count(NEW, 'hotspot')} ${NEW === 1 ? 'is' : 'are'} new` : '',
      GREW > 0 ? `${NEW > 0 ? GREW : count(GREW, 'hotspot')} grew` : '',
      COOLED > 0 ? `${NEW + GREW > 0 ? COOLED : count(COOLED, 'hotspot')} cooled` : '',
    ].filter((part) => part !== '');
    const lead = first ?? grown;
    said.push(`${listed(parts)}.`);
    if (lead !== undefined)
      said.push(`The most unusual: “${lead.title}”, ${count(lead.posts, 'post')} by ${count(lead.authors, 'author')}.`);
  }
  const captioned =
    seen.pictures === 0
      ? ''
      : `; ${percent(seen.captioned / seen.pictures)} of ${count(seen.pictures, 'picture')} are captioned`;
  const gaps = seen.gaps.length === 0 ? '' : `; ${count(seen.gaps.length, 'gap')} in the sources`;
  said.push(`It rests on ${count(seen.posts, 'post')} by ${count(seen.authors, 'author')}${captioned}${gaps}.`);
  return said;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
