// What is happening: the hotspots, what changed since the last visit, and the pictures that come in.
import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import { useConnection } from '../connection.js';
import { Note } from '../parts/Note.js';
import { counted, decimal } from '../parts/numbers.js';
import pills from '../parts/Pills.module.css';
import { Problem } from '../parts/Problem.js';
import { useGradually } from '../parts/useGradually.js';
import { DemoDocument, HotspotChangedDocument, NowDocument, type NowQuery } from '../queries/documents.js';
import { LISTS, type ListName } from '../routes.js';
import { soon } from '../soon.js';
import styles from './Now.module.css';
import { Changes } from './now/Changes.js';
import { HotspotCard } from './now/HotspotCard.js';
import { nowVariables } from './now/nowVariables.js';
import { Ticker } from './now/Ticker.js';

const route = getRouteApi('/');
/** Cards that a small window shows before it is scrolled. */
const FIRST_IN_SIGHT = 2;
/** Also where nothing is told of: ranks, bars and counts go on with the clock. */
const POLL_MS = 20_000;

const NAMES: Record<ListName, string> = {
  trending: 'Trending',
  newest: 'Newest',
  largest: 'Largest',
  ended: 'Ended',
};

export function Now() {
  const { list = 'trending' } = route.useSearch();
  const { data, previousData, error, refetch } = useQuery(NowDocument, {
    variables: nowVariables({ list }),
    pollInterval: POLL_MS,
    skipPollAttempt: () => document.hidden,
    notifyOnNetworkStatusChange: false,
  });
  useSubscription(HotspotChangedDocument, { onData: soon(() => void refetch()), ignoreResults: true });
  const connection = useConnection();
  const [missing, setMissing] = useState(false);
  useEffect(() => {
    if (connection === 'lost') setMissing(true);
    if (connection !== 'live' || !missing) return;
    // What was missed meanwhile.
    setMissing(false);
    void refetch();
  }, [connection, missing, refetch]);
  // Drawn in slices, between which the page answers.
  const shown = useDeferredValue(data ?? (error === undefined ? previousData : undefined));
  const hotspots = useGradually(shown?.hotspots.nodes ?? [], FIRST_IN_SIGHT);

  return (
    <>
      <title>Now · Hotlens</title>
      <div className={styles.page}>
        <section aria-labelledby="hotspots">
          <header className={styles.head}>
            <h1 id="hotspots">What is happening</h1>
            <p className={styles.summary}>{shown && summary(shown)}</p>
            <nav aria-label="Lists of hotspots" className={`${pills.pills} ${styles.lists}`}>
              {LISTS.map((name) => (
                <Link
                  key={name}
                  to="/"
                  search={name === 'trending' ? {} : { list: name }}
                  activeOptions={{ exact: true }}
                  aria-current={name === list ? 'page' : undefined}
                >
                  {NAMES[name]}
                </Link>
              ))}
            </nav>
          </header>
          {error && <Problem error={error} again={() => void refetch()} />}
          {!shown && !error && <Waiting />}
          {shown?.hotspots.nodes.length === 0 && <Nothing detection={shown.detection} list={list} />}
          <ol className={styles.cards}>
            {hotspots.map((hotspot, i) => (
              <li key={hotspot.id}>
                <HotspotCard hotspot={hotspot} eager={i < 2} />
              </li>
            ))}
          </ol>
        </section>
        {/* On a phone it stands below the hotspots, of which it is not known yet how many there are. */}
        {(shown || error) && (
          <aside className={styles.side}>
            <Changes />
            <Ticker />
          </aside>
        )}
      </div>
    </>
  );
}

function summary({ hotspots, detection }: NowQuery): string {
  const found = `${counted(hotspots.totalCount, 'hotspot')} here, ${detection.livingHotspots} alive`;
  return detection.waitingPosts > 0
    ? `${found}; ${counted(detection.waitingPosts, 'post')} still to be looked at`
    : found;
}

function Nothing({ detection, list }: { detection: NowQuery['detection']; list: ListName }) {
  const city = useQuery(DemoDocument).data?.demo;
  if (city && city.firstDay < 1)
    return (
      <Note title="The city’s first day is taken in">
        It takes most of a minute: every picture is captioned. What is usual there is known then, and its time begins to
        pass, two minutes a second.
      </Note>
    );
  if (detection.lastStepAt === null)
    return (
      <Note title="Nothing came in yet">
        Posts come in by <code>hotlens ingest FILE</code>, by the <a href="/graphql">API</a>, or from a drawn city with{' '}
        <code>hotlens start --demo</code>.
      </Note>
    );
  if (detection.learning)
    return (
      <Note title="Learning what is usual">
        {decimal(detection.coveredHours)} hours of posts are known. After a day of them Hotlens knows what the hours of
        a day bring, and begins to tell what is unusual.
      </Note>
    );
  return (
    <Note title={list === 'trending' ? 'Nothing unusual' : 'No hotspot is in this list'}>
      What comes in is what this time of the day usually brings.{' '}
      <Link to="/" search={{ list: 'ended' }}>
        What was before
      </Link>
    </Note>
  );
}

/** Cards without content, where those that are being asked for will stand. */
function Waiting() {
  return (
    <div className={styles.cards} role="status">
      <span className="hidden">Asking for the hotspots</span>
      {[0, 1, 2].map((i) => (
        <div key={i} className={styles.waiting} />
      ))}
    </div>
  );
}
