// One hotspot: what it is and why, its life, what people think, and everything that it rests on.
import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Note } from '../parts/Note.js';
import { counted } from '../parts/numbers.js';
import { OpinionStrip } from '../parts/OpinionStrip.js';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { Waiting } from '../parts/Waiting.js';
import { Words } from '../parts/Words.js';
import { HotspotChangedDocument, HotspotDocument, type HotspotQuery } from '../queries/documents.js';
import { soon } from '../soon.js';
import styles from './Hotspot.module.css';
import { Actions } from './hotspot/Actions.js';

const route = getRouteApi('/hotspots/$id');

/** Asked for once the head stands: it is as much as all the rest. */
const below = () => import('./hotspot/below.js');
const Over = lazy(() => below().then((parts) => ({ default: parts.Over })));
const Life = lazy(() => below().then((parts) => ({ default: parts.Life })));
const Wall = lazy(() => below().then((parts) => ({ default: parts.Wall })));
const Evidence = lazy(() => below().then((parts) => ({ default: parts.Evidence })));

export type HotspotDetail = NonNullable<HotspotQuery['hotspot']>;

export function Hotspot() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(HotspotDocument, { variables: { id } });
  useSubscription(HotspotChangedDocument, {
    variables: { hotspotId: id },
    onData: soon(() => void refetch()),
    ignoreResults: true,
  });
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data)
    return <Waiting what="Asking for the hotspot" rooms={['title', 'line', 'line', 'panel', 'panel', 'panel']} />;
  const { hotspot } = data;
  if (hotspot === null)
    return (
      <Note title="There is no such hotspot">
        It may have gone with its posts. <Link to="/">What happens now</Link>
      </Note>
    );
  return (
    <article className={styles.page}>
      <title>{`${hotspot.title} · Hotlens`}</title>
      <Head hotspot={hotspot} />
      <Suspense fallback={<Waiting what="Asking for what it rests on" rooms={['panel', 'panel', 'panel']} />}>
        <Over id={id} />
        <Life hotspot={hotspot} />
        <Wall id={id} living={hotspot.state === 'LIVING'} />
        <Evidence id={id} title={hotspot.title} />
      </Suspense>
    </article>
  );
}

const STATES = { LIVING: 'alive', ENDED: 'ended', MERGED: 'became part of another' } as const;

function Head({ hotspot }: { hotspot: HotspotDetail }) {
  const { title, foundTitle, state, why, keywords, captions, news, opinion } = hotspot;
  return (
    <header className={styles.head}>
      <div>
        <h1 dir="auto">{title}</h1>
        {title !== foundTitle && (
          <p className={styles.soft}>
            found as <bdi>{foundTitle}</bdi>
          </p>
        )}
        <p className={styles.soft}>
          {STATES[state]}, {counted(hotspot.postCount, 'post')} by {counted(hotspot.authorCount, 'author')}, since{' '}
          <Time at={hotspot.firstPostAt ?? hotspot.emergedAt} />
          {hotspot.lastPostAt && (
            <>
              , the last one <Time at={hotspot.lastPostAt} />
            </>
          )}
        </p>
        <Actions hotspot={hotspot} />
      </div>
      <section aria-labelledby="why">
        <h2 id="why">Why</h2>
        <ul className={styles.words}>
          {why.words.map((words) => (
            <li key={words}>
              <Words>{words}</Words>
            </li>
          ))}
        </ul>
        <OpinionStrip counts={opinion.whole} />
      </section>
      <section aria-labelledby="what">
        <h2 id="what">What is told and shown</h2>
        <ul className={styles.keywords}>
          {keywords.map((keyword) => (
            <li key={keyword} dir="auto">
              {keyword}
            </li>
          ))}
        </ul>
        <ul className={styles.words}>
          {captions.slice(0, 4).map(({ text, posts }) => (
            <li key={text}>
              <bdi>{text}</bdi> <span className={styles.soft}>{counted(posts, 'post')}</span>
            </li>
          ))}
        </ul>
        {news.length > 0 && (
          <p>
            New in the last hour:{' '}
            {news.map(({ text, now, before }, i) => (
              <span key={text}>
                {i > 0 && ', '}
                <bdi>{text}</bdi> ({now}, before {before})
              </span>
            ))}
          </p>
        )}
      </section>
    </header>
  );
}
