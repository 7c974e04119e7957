// An alert: of what, why, what it rests on.
import { Link } from '@tanstack/react-router';
import { useMay } from '../../caller.js';
import { nameHotspots } from '../../parts/nameHotspots.js';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import type { AlertLineFragment } from '../../queries/documents.js';
import styles from './Line.module.css';
import { SilenceButtons } from './SilenceButtons.js';
import { HOLDS } from './words.js';

export function Line({ alert }: { alert: AlertLineFragment }) {
  const { state, at, endedAt, rule, ruleName, severity, reason, hold, heldUntil, hotspot, evidence } = alert;
  const may = useMay('ANALYST');
  const fires = state === 'FIRING' && endedAt === null && rule !== null;
  return (
    <article className={styles.alert} data-fires={fires || undefined}>
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
        <span className={styles.state}>{fires ? 'firing' : state === 'FIRING' ? 'fired' : 'over'}</span>
      </header>
      <p className={styles.reason} dir="auto">
        {nameHotspots(reason, { others: hotspot?.mergedInto ? [hotspot.mergedInto] : [] })}
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
          {endedAt && (
            <>
              , over since <Time at={endedAt} />
            </>
          )}
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
      {state === 'FIRING' && hotspot && !hotspot.mergedInto && may && (
        <SilenceButtons hotspotId={hotspot.id} title={titleOf(hotspot)} />
      )}
    </article>
  );
}
