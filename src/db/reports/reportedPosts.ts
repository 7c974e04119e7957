// SQL: the posts that a report is about.
import { type PostsFilter, postsWhere } from '../postsPage.js';

/** Which posts; all that is given must hold. */
export interface ReportFilter extends Pick<PostsFilter, 'source' | 'author' | 'text' | 'hasImage'> {
  /** As the sources tell it: `en` is English of any country. */
  readonly language?: string | undefined;
}

/** `since` inclusive, `until` exclusive. */
export interface Span {
  readonly since: Date;
  readonly until: Date;
}

/** Conditions on posts `p` within a span, their values, and how another value gets its place. */
export function reportedPosts({ language, ...filter }: ReportFilter, { since, until }: Span) {
  const { conditions, values, place } = postsWhere({ ...filter, since, until });
  // A language of a country is that language: en-GB is en.
  if (language !== undefined)
    conditions.push(`split_part(lower(p.language), '-', 1) = split_part(lower(${place(language)}), '-', 1)`);
  return { conditions: conditions.join(' AND '), values, place };
}
