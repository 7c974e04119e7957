// The posts behind a bar of the charts, by what their authors think.
import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { barLabel } from '../../charts/barLabel.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { counted, decimal } from '../../parts/numbers.js';
import { Problem } from '../../parts/Problem.js';
import { BarPostsDocument, type PostLineFragment } from '../../queries/documents.js';
import page from '../Hotspot.module.css';
import styles from './BarPosts.module.css';

const MOST = 100;
const MINUTE_MS = 60_000;
/** As the API's classes of opinion. */
const GROUPS = [
  ['For', 'POSITIVE'],
  ['Neither', 'NEUTRAL'],
  ['Against', 'NEGATIVE'],
  ['Can’t be read', 'UNKNOWN'],
] as const;

export interface BarPostsProps {
  readonly id: string;
  /** Where the bar begins, in ISO 8601. */
  readonly from: string;
  /** How long it is. */
  readonly minutes: number;
  readonly onClose: () => void;
}

export function BarPosts({ id, from, minutes, onClose }: BarPostsProps) {
  const to = new Date(Date.parse(from) + minutes * MINUTE_MS).toISOString();
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another bar is led to as the first was
  useEffect(() => heading.current?.focus({ preventScroll: true }), [from]);
  const { data, error, refetch } = useQuery(BarPostsDocument, {
    variables: { filter: { hotspotId: id, since: from, until: to }, first: MOST },
  });
  const posts = data?.posts;
  return (
    <section aria-labelledby="bar" className={styles.bar}>
      <header className={page.panelHead}>
        <h3 id="bar" ref={heading} tabIndex={-1}>
          {barLabel({ from, to })}
          {posts && `: ${counted(posts.totalCount, 'post')}`}
          {posts && posts.totalCount > posts.nodes.length && `, the newest ${posts.nodes.length}`}
        </h3>
        <Button className={buttons.button} onPress={onClose}>
          Close
        </Button>
      </header>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!posts && !error && <p role="status">Asking for the posts</p>}
      {posts?.nodes.length === 0 && <p>Nobody posted then.</p>}
      <div className={styles.groups}>
        {GROUPS.map(([name, group]) => (
          <Group key={group} name={name} posts={posts?.nodes.filter((post) => classOf(post) === group) ?? []} />
        ))}
      </div>
    </section>
  );
}

function classOf({ opinion }: PostLineFragment): (typeof GROUPS)[number][1] {
  return opinion?.class ?? 'UNKNOWN';
}

function Group({ name, posts }: { name: string; posts: readonly PostLineFragment[] }) {
  if (posts.length === 0) return null;
  return (
    <section>
      <h4>
        {name}: {posts.length}
      </h4>
      <ul className={styles.posts}>
        {posts.map((post) => (
          <li key={post.id}>
            <p dir="auto">{post.text || <span className={page.soft}>without text</span>}</p>
            {post.images.map(
              ({ id, image }) =>
                image && (
                  <Link key={id} to="/pictures/$sha256" params={{ sha256: image.sha256 }} dir="auto">
                    {image.caption?.text ?? 'not captioned yet'}
                  </Link>
                ),
            )}
            <small>
              <bdi>{post.author ?? 'somebody'}</bdi>
              {post.opinion?.score != null && `, ${decimal(post.opinion.score)}`}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
