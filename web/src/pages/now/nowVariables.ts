// What the page asks for of a list.
import type { NowQueryVariables } from '../../queries/documents.js';
import type { ListName, NowView } from '../../routes.js';

const AT_A_TIME = 24;
const QUESTIONS: Record<ListName, Omit<NowQueryVariables, 'first'>> = {
  trending: { state: ['LIVING'], orderBy: 'TRENDING' },
  newest: { state: ['LIVING', 'ENDED'], orderBy: 'NEWEST' },
  largest: { state: ['LIVING', 'ENDED'], orderBy: 'LARGEST' },
  ended: { state: ['ENDED'], orderBy: 'PEAK' },
};

export function nowVariables({ list = 'trending' }: NowView): NowQueryVariables {
  return { ...QUESTIONS[list], first: AT_A_TIME };
}
