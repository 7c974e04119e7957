// Tells of the hotspots that are watched, on every page, and by the system's own notices where those were allowed.

import { useSubscription } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { wordsOf } from '../pages/now/changeWords.js';
import { Button } from '../parts/Button.js';
import { nameHotspots } from '../parts/nameHotspots.js';
import { titleOf } from '../parts/titleOf.js';
import { type ChangeFragment, HotspotChangedDocument } from '../queries/documents.js';
import { useWatched } from '../watched.js';
import styles from './Watching.module.css';

/** Notices that stand at a time: the newest. */
const MOST = 3;

export function Watching() {
  const ids = useWatched();
  const [news, setNews] = useState<readonly ChangeFragment[]>([]);
  useSubscription(HotspotChangedDocument, {
    skip: ids.length === 0,
    ignoreResults: true,
    onData({ data: { data } }) {
      const change = data?.hotspotChanged;
      if (change?.hotspot == null || ![change.hotspot.id, change.other?.id].some((id) => id && ids.includes(id)))
        return;
      setNews((before) => [change, ...before.filter(({ id }) => id !== change.id)].slice(0, MOST));
      if (document.hidden && 'Notification' in globalThis && Notification.permission === 'granted')
        new Notification(`${titleOf(change.hotspot)} ${wordsOf(change)}`, {
          body: nameHotspots(change.reason, { others: [change.hotspot, ...(change.other ? [change.other] : [])] }),
          tag: change.id,
        });
    },
  });
  return (
    <section role="status" aria-label="Watched hotspots" className={styles.notices}>
      {news.map((change) => (
        <div key={change.id} className={styles.notice}>
          <p>
            {change.hotspot && (
              <Link to="/hotspots/$id" params={{ id: change.hotspot.id }} dir="auto">
                {titleOf(change.hotspot)}
              </Link>
            )}{' '}
            {wordsOf(change)}
          </p>
          <Button
            aria-label="Put this notice away"
            onPress={() => setNews((before) => before.filter(({ id }) => id !== change.id))}
          >
            ×
          </Button>
        </div>
      ))}
    </section>
  );
}
