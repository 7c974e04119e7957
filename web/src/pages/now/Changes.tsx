// What became of hotspots since this browser was last here.

import { useQuery, useSubscription } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { clock } from '../../clock.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import { ChangesDocument, HotspotChangedDocument } from '../../queries/documents.js';
import { remembered } from '../../remembered.js';
import { soon } from '../../soon.js';
import styles from './Changes.module.css';
import { wordsOf } from './changeWords.js';

const lastVisit = remembered<string>('lastVisit');
const DAY_MS = 86_400_000;

export function Changes() {
  // As it was when the page was opened: looking does not take away what is new.
  const [since] = useState(() => lastVisit.get() ?? new Date(clock.now() - DAY_MS).toISOString());
  useEffect(() => {
    const leave = () => lastVisit.set(new Date(clock.now()).toISOString());
    addEventListener('pagehide', leave);
    return () => removeEventListener('pagehide', leave);
  }, []);
  const { data, refetch } = useQuery(ChangesDocument, { variables: { since, first: 12 } });
  useSubscription(HotspotChangedDocument, { onData: soon(() => void refetch()), ignoreResults: true });
  const { nodes = [], totalCount = 0 } = data?.hotspotEvents ?? {};
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">Since your last visit</h2>
      <p className={styles.since}>{data && <Time at={since} ago />}</p>
      {data && nodes.length === 0 && <p className={styles.none}>Nothing changed.</p>}
      <ol className={styles.events}>
        {nodes.map((event) => (
          <li key={event.id} data-kind={event.kind}>
            {event.hotspot ? (
              <Link to="/hotspots/$id" params={{ id: event.hotspot.id }} dir="auto">
                {titleOf(event.hotspot)}
              </Link>
            ) : (
              <span>Accounts</span>
            )}{' '}
            {wordsOf(event)}
            <small>
              <Time at={event.at} ago="past" />
            </small>
          </li>
        ))}
      </ol>
      {totalCount > nodes.length && <p className={styles.none}>and {totalCount - nodes.length} more</p>}
    </section>
  );
}
