// A post that was found: its pictures, its words with those that were asked for marked, and why it is here.
import { Link } from '@tanstack/react-router';
import { decimal } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import type { FilteredPostsQuery, SearchPostsQuery } from '../../queries/documents.js';
import { Marked } from './Marked.js';
import styles from './Result.module.css';

export type FoundPost = FilteredPostsQuery['posts']['nodes'][number];
export type Found = SearchPostsQuery['searchPosts']['nodes'][number];

export function Result({ post, found, eager }: { post: FoundPost; found?: Found | undefined; eager: boolean }) {
  const ranges = (sha256: string | null) => found?.words.find((one) => one.sha256 === sha256)?.ranges;
  const pictures = post.images.flatMap(({ image }) => image ?? []);
  return (
    // Reached by the arrow keys also where it has no picture to open.
    <article className={styles.result} data-result tabIndex={-1} data-bare={pictures.length === 0 || undefined}>
      {pictures.length > 0 && (
        <div className={styles.pictures}>
          {pictures.map((image) => (
            <Link
              key={image.sha256}
              to="/pictures/$sha256"
              params={{ sha256: image.sha256 }}
              data-picked={image.sha256 === (found?.same ?? found?.meaning)?.sha256 || undefined}
            >
              <Picture picture={image} sizes="7rem" eager={eager} />
            </Link>
          ))}
        </div>
      )}
      <div className={styles.words}>
        {post.text !== '' && (
          <p dir="auto">
            <Marked text={post.text} ranges={ranges(null)} />
          </p>
        )}
        {pictures.map(
          ({ sha256, caption }) =>
            caption?.text && (
              <p key={sha256} className={styles.caption} dir="auto">
                <Marked text={caption.text} ranges={ranges(sha256)} />
              </p>
            ),
        )}
        <small className={styles.about}>
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
        {found && <Why found={found} />}
      </div>
    </article>
  );
}

function Why({ found: { byWords, meaning, same } }: { found: Found }) {
  return (
    <ul className={styles.why} aria-label="Why it was found">
      {same && (
        <li title={`${same.differingBits} of 64 bits of their perceptual hashes differ`}>
          {same.differingBits === 0 ? 'the same picture' : 'looks the same'}
        </li>
      )}
      {byWords && <li>says the words</li>}
      {meaning && (
        <li title="Cosine of the angle between the vectors: 1 is the same, 0 nothing in common">
          near in meaning, similarity {decimal2(meaning.similarity)}
        </li>
      )}
    </ul>
  );
}

const decimal2 = (value: number) => (value >= 0.995 ? decimal(1) : value.toFixed(2));
