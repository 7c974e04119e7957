// Every post of a hotspot: what it rests on. Only the rows in sight are in the page, however many there are.

import { useMutation } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { counted, decimal } from '../../parts/numbers.js';
import { Problem } from '../../parts/Problem.js';
import table from '../../parts/Table.module.css';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import {
  HotspotDocument,
  HotspotPostsDocument,
  type PostLineFragment,
  SplitPostsDocument,
} from '../../queries/documents.js';
import { type EvidenceSort, SORTS } from '../../routes.js';
import page from '../Hotspot.module.css';
import styles from './Evidence.module.css';
import { MOST_POSTS, usePosts } from './usePosts.js';

const ROW_PX = 64;
/** Posts that one split may take. */
const MOST_CHOSEN = 100;

const route = getRouteApi('/hotspots/$id');

type Column = 'when' | 'author' | 'opinion';
interface Sort {
  readonly column: Column;
  readonly rising: boolean;
}
const COLUMNS: Record<Column, { name: string; of: (post: PostLineFragment) => string | number }> = {
  when: { name: 'When', of: ({ postedAt }) => postedAt },
  author: { name: 'Author', of: ({ author }) => author?.toLocaleLowerCase() ?? '' },
  opinion: { name: 'Opinion', of: ({ opinion }) => opinion?.score ?? Number.NEGATIVE_INFINITY },
};
/** As addresses say it. */
const SORTED: Record<EvidenceSort, Sort> = {
  newest: { column: 'when', rising: false },
  oldest: { column: 'when', rising: true },
  author: { column: 'author', rising: true },
  '-author': { column: 'author', rising: false },
  opinion: { column: 'opinion', rising: true },
  '-opinion': { column: 'opinion', rising: false },
};

export function Evidence({ id, title }: { id: string; title: string }) {
  const { posts, total, busy, error, again, more, all } = usePosts(id);
  const may = useMay('ANALYST') ?? false;
  const { sort: name = 'newest' } = route.useSearch();
  const navigate = route.useNavigate();
  const sort = SORTED[name];
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const sorted = useMemo(() => {
    const { of } = COLUMNS[sort.column];
    const way = sort.rising ? 1 : -1;
    const keyed = (posts ?? []).map((post, place) => ({ post, place, key: of(post) }));
    return keyed
      .sort((a, b) => (a.key < b.key ? -way : a.key > b.key ? way : a.place - b.place))
      .map(({ post }) => post);
  }, [posts, sort]);
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (i) => sorted[i]!.id,
    overscan: 6,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= sorted.length - 1) more();
  }, [last, sorted.length, more]);
  useEffect(() => {
    // What is not there yet can't be sorted.
    if (name !== 'newest') all();
  }, [name, all]);
  const sortBy = (column: Column) => {
    const rising = sort.column === column ? !sort.rising : column === 'author';
    const next = SORTS.find((one) => SORTED[one].column === column && SORTED[one].rising === rising);
    void navigate({ search: (view) => ({ ...view, sort: next === 'newest' ? undefined : next }), resetScroll: false });
  };
  const choose = (postId: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(postId);
    else next.delete(postId);
    setChosen(next);
  };
  return (
    <section aria-labelledby="evidence" className={page.panel}>
      <header className={page.panelHead}>
        <h2 id="evidence">The evidence{posts && `: ${counted(total, 'post')}`}</h2>
        <p>
          <a href={`/export/posts.csv?hotspot=${id}`} download>
            CSV
          </a>{' '}
          <a href={`/export/posts.ndjson?hotspot=${id}`} download>
            NDJSON
          </a>
        </p>
      </header>
      {error && <Problem error={error} again={again} />}
      <Splitting id={id} chosen={[...chosen]} onDone={() => setChosen(new Set())} />
      {posts && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <section className={styles.scroll} ref={scroller} tabIndex={0} aria-label="Posts">
          <table className={table.table} aria-rowcount={total + 1}>
            <caption className="hidden">Posts of {title}</caption>
            <thead className={styles.head}>
              <tr aria-rowindex={1}>
                <th scope="col">
                  <span className="hidden">Chosen</span>
                </th>
                <Sortable column="when" sort={sort} onPress={sortBy} />
                <Sortable column="author" sort={sort} onPress={sortBy} />
                <th scope="col">Text</th>
                <th scope="col">Picture</th>
                <Sortable column="opinion" sort={sort} onPress={sortBy} />
              </tr>
            </thead>
            <tbody>
              <Room height={shown[0]?.start ?? 0} />
              {shown.map(({ index, key }) => {
                const post = sorted[index]!;
                return (
                  <tr key={key} data-index={index} ref={rows.measureElement} aria-rowindex={index + 2}>
                    <td>
                      <input
                        type="checkbox"
                        checked={chosen.has(post.id)}
                        disabled={!may || (!chosen.has(post.id) && chosen.size >= MOST_CHOSEN)}
                        onChange={({ currentTarget }) => choose(post.id, currentTarget.checked)}
                        aria-label={`Choose the post by ${post.author ?? 'somebody'}`}
                      />
                    </td>
                    <td>
                      <Time at={post.postedAt} />
                    </td>
                    <td className={styles.author}>
                      <bdi>{post.author ?? '–'}</bdi>
                      <small>{post.source}</small>
                    </td>
                    <td dir="auto" className={table.text}>
                      {post.text}
                    </td>
                    <td>
                      {post.images.map(({ id: imageId, image, error: failure }) => (
                        <span key={imageId} className={table.picture} dir="auto">
                          {image ? (
                            <Link to="/pictures/$sha256" params={{ sha256: image.sha256 }}>
                              {image.caption?.text ?? 'not captioned yet'}
                            </Link>
                          ) : (
                            (failure ?? 'not fetched yet')
                          )}
                        </span>
                      ))}
                    </td>
                    <td className={styles.opinion}>
                      {post.opinion?.score == null ? 'unknown' : decimal(post.opinion.score)}
                    </td>
                  </tr>
                );
              })}
              <Room height={rows.getTotalSize() - (shown.at(-1)?.end ?? 0)} />
            </tbody>
          </table>
        </section>
      )}
      <p role="status" className={page.soft}>
        {busy && posts && 'Asking for more posts'}
        {!busy && sorted.length >= MOST_POSTS && total > sorted.length && (
          <>These are the newest {counted(sorted.length, 'post')}; the export has all.</>
        )}
      </p>
    </section>
  );
}

function Sortable({ column, sort, onPress }: { column: Column; sort: Sort; onPress: (column: Column) => void }) {
  const on = sort.column === column;
  return (
    <th scope="col" aria-sort={on ? (sort.rising ? 'ascending' : 'descending') : 'none'}>
      <Button className={styles.sort} onPress={() => onPress(column)}>
        {COLUMNS[column].name} <span aria-hidden="true">{on ? (sort.rising ? '↑' : '↓') : ''}</span>
      </Button>
    </th>
  );
}

/** Where the rows would be that are out of sight. */
function Room({ height }: { height: number }) {
  return height > 0 ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can be focused
    <tr aria-hidden="true">
      <td colSpan={6} style={{ height, padding: 0, border: 0 }} />
    </tr>
  ) : null;
}

function Splitting({ id, chosen, onDone }: { id: string; chosen: readonly string[]; onDone: () => void }) {
  const [split, { data, error, loading }] = useMutation(SplitPostsDocument, {
    onError: () => undefined,
    onCompleted: onDone,
    refetchQueries: [HotspotDocument, HotspotPostsDocument],
  });
  const made = data?.splitPosts;
  return (
    <div className={styles.splitting}>
      {chosen.length > 0 && (
        <Button
          className={buttons.button}
          isDisabled={loading}
          onPress={() => void split({ variables: { id, postIds: [...chosen] } })}
        >
          Make a hotspot of {counted(chosen.length, 'chosen post')}
        </Button>
      )}
      <p role="status">
        {made && made.id !== id && chosen.length === 0 && (
          <>
            They are a hotspot of their own:{' '}
            <Link to="/hotspots/$id" params={{ id: made.id }} dir="auto">
              {titleOf(made)}
            </Link>
          </>
        )}
      </p>
      {error && <Problem error={error} />}
    </div>
  );
}
