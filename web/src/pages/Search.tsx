// Finds posts by their words and those of their captions, by meaning and by a picture; and by whose, where and when.
import { useQuery } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { LoadMore } from '../parts/LoadMore.js';
import { Note } from '../parts/Note.js';
import { count, counted } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { useGradually } from '../parts/useGradually.js';
import { FilteredPostsDocument, SearchPostsDocument, type SearchPostsQuery } from '../queries/documents.js';
import type { SearchView } from '../routes.js';
import styles from './Search.module.css';
import { type AskedPicture, filtersSet, foundVariables, newestVariables, readPicture } from './search/asked.js';
import { type Found, type FoundPost, Result } from './search/Result.js';
import { forgetSearches, recentSearches, rememberSearch } from './search/recent.js';
import { SearchForm } from './search/SearchForm.js';

const route = getRouteApi('/search');
/** Posts that a window shows before it is scrolled. */
const FIRST_IN_SIGHT = 6;
const WAITING = ['a', 'b', 'c', 'd', 'e', 'f'];

export function Search() {
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const results = useRef<HTMLOListElement>(null);
  const [picture, setPicture] = useState<AskedPicture>();
  const [refused, setRefused] = useState<unknown>();
  const [dragged, setDragged] = useState(false);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => () => URL.revokeObjectURL(picture?.shown ?? ''), [picture]);

  const searching = view.q !== undefined || picture !== undefined;
  const found = useFound(view, picture, !searching);
  const newest = useNewest(view, searching);
  const { error, loading, again, more, stale } = searching ? found : newest;
  const all: readonly { post: FoundPost; found?: Found }[] | undefined = searching
    ? found.page?.nodes.map((one) => ({ post: one.post, found: one }))
    : newest.page?.nodes.map((post) => ({ post }));

  const gradually = useGradually(all ?? [], FIRST_IN_SIGHT);
  const shown = all && gradually;

  const search = (next: SearchView) => {
    if (next.q !== undefined) rememberSearch(next.q);
    void navigate({ search: next });
  };
  const take = (file: File | undefined) => {
    setRefused(undefined);
    if (file === undefined) setPicture(undefined);
    else readPicture(file).then(setPicture, setRefused);
  };
  /** From the field into the results, through them, and back. */
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const all = [...(results.current?.querySelectorAll<HTMLElement>('[data-result]') ?? [])];
    if (step === 0 || all.length === 0) return;
    const at = all.findIndex((one) => one.contains(document.activeElement));
    if (at < 0 && step < 0) return;
    event.preventDefault();
    if (at + step < 0) field.current?.focus();
    else all[Math.min(all.length - 1, at + step)]!.focus();
  };
  const open = (event: KeyboardEvent) => {
    // A link in it has the focus by itself and opens what it names.
    if (event.key === 'Enter' && event.target instanceof HTMLElement && 'result' in event.target.dataset)
      event.target.querySelector<HTMLElement>('a')?.click();
    move(event);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDragged(false);
    take([...event.dataTransfer.files].find(({ type }) => type.startsWith('image/')));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a picture may be dropped anywhere; the button does the same by keyboard
    <div
      className={styles.page}
      data-dragged={dragged || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setDragged(true);
      }}
      onDragLeave={() => setDragged(false)}
      onDrop={drop}
    >
      <title>{view.q === undefined ? 'Search · Hotlens' : `${view.q} · Search · Hotlens`}</title>
      <h1>Search</h1>
      <SearchForm view={view} picture={picture} field={field} onSearch={search} onPicture={take} onKeyDown={move} />
      {!searching && filtersSet(view) === 0 && <Recent />}
      {refused !== undefined && <Problem error={refused} />}
      {error && <Problem error={error} again={again} />}
      <p role="status" className={styles.found}>
        {loading && shown === undefined
          ? 'Searching'
          : searching
            ? found.page && summary(found.page)
            : 'The newest posts'}
      </p>
      {searching && found.page?.withoutMeaning != null && (
        <p className={styles.found}>
          {picture === undefined ? 'Searched by words, not by meaning' : 'Not all was searched by meaning'}:{' '}
          {found.page.withoutMeaning}.
        </p>
      )}
      {shown?.length === 0 && (
        <Note title="Nothing was found">
          {searching
            ? 'Other words may find it, or fewer filters; the name of an author or a source is asked for as it is written.'
            : 'No post passes these filters; the name of an author or a source is asked for as it is written.'}
        </Note>
      )}
      <ol ref={results} className={styles.posts} data-stale={stale || undefined} onKeyDown={open}>
        {shown === undefined && loading && WAITING.map((key) => <li key={key} className={styles.waiting} />)}
        {shown?.map(({ post, found: why }, i) => (
          <li key={post.id}>
            <Result post={post} found={why} eager={i < 2} />
          </li>
        ))}
      </ol>
      {more && <LoadMore busy={loading} onPress={more} />}
    </div>
  );
}

function useFound(view: SearchView, picture: AskedPicture | undefined, skip: boolean) {
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(SearchPostsDocument, {
    variables: foundVariables(view, picture),
    skip,
    // A cache would keep the picture with its answer.
    fetchPolicy: picture === undefined ? 'cache-first' : 'no-cache',
    notifyOnNetworkStatusChange: true,
  });
  const page = error ? undefined : (data ?? previousData)?.searchPosts;
  const more = () =>
    void fetchMore({
      variables: { after: page?.pageInfo.endCursor },
      updateQuery: (before, { fetchMoreResult: next }) => {
        const known = new Set(before.searchPosts.nodes.map(({ post }) => post.id));
        const added = next.searchPosts.nodes.filter(({ post }) => !known.has(post.id));
        return { ...next, searchPosts: { ...next.searchPosts, nodes: [...before.searchPosts.nodes, ...added] } };
      },
    });
  return {
    page,
    error,
    loading,
    stale: loading && data === undefined,
    again: () => void refetch(),
    more: page?.pageInfo.hasNextPage ? more : undefined,
  };
}

function useNewest(view: SearchView, skip: boolean) {
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(FilteredPostsDocument, {
    variables: newestVariables(view),
    skip,
    notifyOnNetworkStatusChange: true,
  });
  const page = error ? undefined : (data ?? previousData)?.posts;
  const more = () =>
    void fetchMore({
      variables: { after: page?.pageInfo.endCursor },
      updateQuery: (before, { fetchMoreResult: next }) => ({
        ...next,
        posts: { ...next.posts, nodes: [...before.posts.nodes, ...next.posts.nodes] },
      }),
    });
  return {
    page,
    error,
    loading,
    stale: loading && data === undefined,
    again: () => void refetch(),
    more: page?.pageInfo.hasNextPage ? more : undefined,
  };
}

/** The list is of the best; what else says the words is only estimated. */
function summary({ totalCount, aboutPosts }: SearchPostsQuery['searchPosts']): string {
  if (aboutPosts === null || aboutPosts <= 2 * totalCount) return counted(totalCount, 'post');
  return `The best ${counted(totalCount, 'post')}; about ${count(roughly(aboutPosts))} in all have the words`;
}

/** With two digits: an estimate has no more. */
function roughly(value: number): number {
  return Number(value.toPrecision(2));
}

function Recent() {
  const [recent, setRecent] = useState(recentSearches);
  if (recent.length === 0) return null;
  return (
    <nav aria-label="Recent searches" className={styles.recent}>
      {recent.map((words) => (
        <Link key={words} to="/search" search={{ q: words }} dir="auto">
          {words}
        </Link>
      ))}
      <Button
        className={buttons.button}
        onPress={() => {
          forgetSearches();
          setRecent([]);
        }}
      >
        Forget these
      </Button>
    </nav>
  );
}
