// Finds posts by their words and those of their captions, and by whose, where and when.
import { useQuery } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components/Button';
import buttons from '../parts/Button.module.css';
import fields from '../parts/Field.module.css';
import { LoadMore } from '../parts/LoadMore.js';
import { Note } from '../parts/Note.js';
import { counted } from '../parts/numbers.js';
import { Picture } from '../parts/Picture.js';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { type PostFilter, SearchPostsDocument } from '../queries/documents.js';
import { readSearchView, type SearchView } from '../routes.js';
import styles from './Search.module.css';

const route = getRouteApi('/search');
const AT_A_TIME = 30;

export function Search() {
  const view = route.useSearch();
  const navigate = route.useNavigate();
  const words = useRef<HTMLInputElement>(null);
  useEffect(() => words.current?.focus(), []);
  const filter = filterOf(view);
  const { data, previousData, error, loading, refetch, fetchMore } = useQuery(SearchPostsDocument, {
    variables: { first: AT_A_TIME, filter },
    notifyOnNetworkStatusChange: true,
  });
  const posts = (data ?? previousData)?.posts;
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void navigate({ search: readSearchView(Object.fromEntries(new FormData(event.currentTarget))) });
  };
  return (
    <div className={styles.page}>
      <title>Search · Hotlens</title>
      <h1>Search</h1>
      {/* Filled in anew when an address says something else. */}
      <search>
        <form key={JSON.stringify(view)} className={styles.form} onSubmit={search}>
          <label className={fields.labelled}>
            Words, of posts and captions
            <input ref={words} className={fields.field} name="q" type="search" defaultValue={view.q} dir="auto" />
          </label>
          <label className={fields.labelled}>
            Author
            <input className={fields.field} name="author" defaultValue={view.author} />
          </label>
          <label className={fields.labelled}>
            Source
            <input className={fields.field} name="source" defaultValue={view.source} />
          </label>
          <label className={fields.labelled}>
            From
            <input className={fields.field} name="since" type="datetime-local" defaultValue={view.since} />
          </label>
          <label className={fields.labelled}>
            Before
            <input className={fields.field} name="until" type="datetime-local" defaultValue={view.until} />
          </label>
          {view.area !== undefined && (
            <label className={styles.area}>
              <input type="checkbox" name="area" value={view.area} defaultChecked /> Within the chosen part of the{' '}
              <Link to="/map" search={{ area: view.area }}>
                map
              </Link>
            </label>
          )}
          <Button type="submit" className={buttons.button}>
            Search
          </Button>
        </form>
      </search>
      {error && <Problem error={error} again={() => void refetch()} />}
      <p role="status" className={styles.found}>
        {posts && counted(posts.totalCount, 'post')}
      </p>
      {posts?.totalCount === 0 && (
        <Note title="Nothing was found">Fewer words find more; a name is asked for as it is written.</Note>
      )}
      <ol className={styles.posts}>
        {posts?.nodes.map((post) => (
          <li key={post.id}>
            <div className={styles.pictures}>
              {post.images.map(
                ({ id, image }) =>
                  image && (
                    <Link key={id} to="/pictures/$sha256" params={{ sha256: image.sha256 }}>
                      <Picture picture={image} />
                    </Link>
                  ),
              )}
            </div>
            <div>
              <p dir="auto">{post.text}</p>
              {post.images.map(({ id, image }) => (
                <p key={id} className={styles.caption} dir="auto">
                  {image?.caption?.text}
                </p>
              ))}
              <small>
                <bdi>{post.author ?? 'somebody'}</bdi>, {post.source}, <Time at={post.postedAt} />
                {post.hotspot && (
                  <>
                    , in{' '}
                    <Link to="/hotspots/$id" params={{ id: post.hotspot.id }} dir="auto">
                      {post.hotspot.title}
                    </Link>
                  </>
                )}
              </small>
            </div>
          </li>
        ))}
      </ol>
      {posts?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: posts.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                ...more,
                posts: { ...more.posts, nodes: [...before.posts.nodes, ...more.posts.nodes] },
              }),
            })
          }
        />
      )}
    </div>
  );
}

function filterOf({ q, author, source, area, since, until }: SearchView): PostFilter {
  const moment = (text: string | undefined) => (text === undefined ? undefined : new Date(text).toISOString());
  return { text: q, author, source, area, since: moment(since), until: moment(until) };
}
