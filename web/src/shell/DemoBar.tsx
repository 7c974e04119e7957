// Says that what is seen here is drawn, and lets its time be changed.
import { useMutation, useQuery } from '@apollo/client/react';
import { useContext, useEffect } from 'react';
import { useMay } from '../caller.js';
import { clock } from '../clock.js';
import { Button } from '../parts/Button.js';
import { share } from '../parts/numbers.js';
import { Time } from '../parts/Time.js';
import { DemoDocument, SetDemoDocument } from '../queries/documents.js';
import styles from './DemoBar.module.css';
import { IsDemo } from './isDemo.js';

const SPEEDS = [1, 30, 120, 600] as const;
const POLL_MS = 2000;

export function DemoBar() {
  const { data } = useQuery(DemoDocument, { pollInterval: POLL_MS, skipPollAttempt: () => document.hidden });
  const [set] = useMutation(SetDemoDocument, { onError: () => undefined, refetchQueries: [DemoDocument] });
  const may = useMay('ANALYST');
  const demo = data?.demo;
  const known = useContext(IsDemo);
  const at = demo?.at;
  useEffect(() => {
    if (at != null) clock.set(Date.parse(at));
  }, [at]);
  if (demo == null && !known) return null;
  return (
    <section aria-label="Demo" className={styles.bar}>
      <p>
        <strong>This city is drawn.</strong> Nobody in it is real: neither the pictures nor the posts.
      </p>
      <p className={styles.at}>
        {demo == null ? null : demo.at === null ? (
          <>Its first day is taken in, so that it is known what is usual: {share(demo.firstDay)}.</>
        ) : (
          <>
            There it is <Time at={demo.at} />
            {demo.live && ', as here'}.
          </>
        )}
      </p>
      <div className={styles.controls}>
        {may && demo != null && demo.at !== null && (
          <>
            <Button onPress={() => void set({ variables: { paused: !demo.paused } })}>
              {demo.paused ? 'Go on' : 'Pause'}
            </Button>
            {SPEEDS.map((speed) => (
              <Button
                key={speed}
                aria-label={`${speed} times as fast as life`}
                data-on={speed === demo.speed || undefined}
                onPress={() => void set({ variables: { speed } })}
              >
                {speed}×
              </Button>
            ))}
          </>
        )}
      </div>
    </section>
  );
}
