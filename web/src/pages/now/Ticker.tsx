// The newest captioned pictures, as they come in.
import { useQuery, useSubscription } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import { CaptionCompletedDocument, LatestPostsDocument } from '../../queries/documents.js';
import { soon } from '../../soon.js';
import styles from './Ticker.module.css';

const SHOWN = 8;

export function Ticker() {
  const { data, refetch } = useQuery(LatestPostsDocument, {
    variables: { first: SHOWN, filter: { status: 'COMPLETED' } },
  });
  useSubscription(CaptionCompletedDocument, { onData: soon(() => void refetch()), ignoreResults: true });
  return (
    <section aria-labelledby="ticker">
      <h2 id="ticker">Just captioned</h2>
      {data?.posts.nodes.length === 0 && <p className={styles.none}>No picture is captioned yet.</p>}
      <ol className={styles.posts}>
        {data?.posts.nodes.map((post) => {
          const picture = post.images.find(({ image }) => image?.caption != null)?.image;
          return (
            <li key={post.id}>
              {picture && (
                <Link to="/pictures/$sha256" params={{ sha256: picture.sha256 }}>
                  <Picture picture={picture} sizes="4rem" />
                </Link>
              )}
              <div>
                <p dir="auto">{picture?.caption?.text}</p>
                <small>
                  <bdi>{post.author ?? 'somebody'}</bdi>, <Time at={post.postedAt} ago="past" />
                </small>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
