// An alert: of what, why, what it rests on.
import { Link } from '@tanstack/react-router';
import { useMay } from '../../caller.js';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import type { AlertLineFragment } from '../../queries/documents.js';
import styles from './Line.module.css';
import { SilenceButtons } from './SilenceButtons.js';
import { HOLDS } from './words.js';

export function Line({ alert }: { alert: AlertLineFragment }) {
  const { state, at, ruleName, severity, reason, hold, heldUntil, hotspot, evidence } = alert;
  const may = useMay('ANALYST');
  return (
    <article className={styles.alert} data-state={state}>
      <header>
        <h3>
          {hotspot ? (
            <Link to="/hotspots/$id" params={{ id: hotspot.id }} dir="auto">
              {titleOf(hotspot)}
            </Link>
          ) : (
            'A hotspot that is gone'
          )}
        </h3>
        <span className={styles.state}>{state === 'FIRING' ? 'firing' : 'over'}</span>
      </header>
      <p className={styles.reason} dir="auto">
        {reason}
      </p>
      {state === 'FIRING' && hotspot && hotspot.images.length > 0 && (
        <div className={styles.pictures}>
          {hotspot.images.map((picture) => (
            <Picture key={picture.sha256} picture={picture} />
          ))}
        </div>
      )}
      {evidence.length > 0 && (
        <ul className={styles.posts}>
          {evidence.map((post) => (
            <li key={post.id}>
              <bdi>{post.author ?? 'somebody'}</bdi> on <bdi>{post.source}</bdi>
              {post.text !== '' && (
                <>
                  : <q dir="auto">{post.text.length > 200 ? `${post.text.slice(0, 199)}…` : post.text}</q>
                </>
              )}
              {post.url !== null && /^https?:/i.test(post.url) && (
                <>
                  {' '}
                  <a href={post.url} rel="noreferrer nofollow" aria-label={`The post of ${post.author ?? 'somebody'}`}>
                    post
                  </a>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      <footer>
        <span>
          <Time at={at} ago="past" /> by <bdi>{ruleName}</bdi>, severity {severity}
        </span>
        {hold && (
          <span className={styles.hold}>
            {HOLDS[hold]}
            {heldUntil && (
              <>
                {' '}
                until <Time at={heldUntil} />
              </>
            )}
          </span>
        )}
      </footer>
      {state === 'FIRING' && hotspot && may && <SilenceButtons hotspotId={hotspot.id} title={titleOf(hotspot)} />}
    </article>
  );
}
