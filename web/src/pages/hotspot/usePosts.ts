// The posts of a hotspot, the newest first, as far as they have been asked for.
import type { ErrorLike } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import { HotspotPostsDocument, type PostLineFragment } from '../../queries/documents.js';

const AT_A_TIME = 100;
/** More than somebody reads: whoever needs all of a larger one exports it. */
export const MOST_POSTS = 2000;

interface Posts {
  /** Undefined before the first answer. */
  readonly posts: readonly PostLineFragment[] | undefined;
  /** Of the whole hotspot. */
  readonly total: number;
  readonly busy: boolean;
  readonly error: ErrorLike | undefined;
  again(): void;
  /** Asks for the next page, where there is one. */
  more(): void;
  /** Asks for one page after the other, up to MOST_POSTS. */
  all(): void;
}

export function usePosts(id: string): Posts {
  const { data, error, loading, refetch, fetchMore } = useQuery(HotspotPostsDocument, {
    variables: { id, first: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
  });
  const [toTheEnd, setToTheEnd] = useState(false);
  const found = data?.hotspot?.posts;
  const next = found?.pageInfo.hasNextPage && found.nodes.length < MOST_POSTS ? found.pageInfo.endCursor : null;
  const more = useCallback(() => {
    if (next === null || loading) return;
    void fetchMore({
      variables: { after: next },
      updateQuery: (before, { fetchMoreResult: after }) =>
        before.hotspot && after.hotspot
          ? {
              hotspot: {
                ...after.hotspot,
                posts: {
                  ...after.hotspot.posts,
                  nodes: [...before.hotspot.posts.nodes, ...after.hotspot.posts.nodes],
                },
              },
            }
          : before,
    });
  }, [next, loading, fetchMore]);
  useEffect(() => {
    if (toTheEnd) more();
  }, [toTheEnd, more]);
  const all = useCallback(() => setToTheEnd(true), []);
  return {
    posts: found?.nodes,
    total: found?.totalCount ?? 0,
    busy: loading,
    error,
    again: () => void refetch(),
    more,
    all,
  };
}
