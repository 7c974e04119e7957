// What became of a hotspot, as the rest of a sentence that begins with its title.
import type { ChangeFragment } from '../../queries/documents.js';

export function wordsOf({ kind, other }: Pick<ChangeFragment, 'kind' | 'other'>): string {
  const title = other === null ? 'another' : `“${other.title}”`;
  switch (kind) {
    case 'EMERGED':
      return other === null ? 'emerged' : 'is back';
    case 'GREW':
      return 'grew';
    case 'COOLED':
      return 'cools';
    case 'ENDED':
      return 'ended';
    case 'MERGED':
      return `became part of ${title}`;
    case 'SPLIT':
      return `came out of ${title}`;
    case 'COORDINATED':
      return 'posted the same at once';
  }
}
