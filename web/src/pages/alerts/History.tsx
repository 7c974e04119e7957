// What was raised, the newest first.
import { useQuery, useSubscription } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import fields from '../../parts/Field.module.css';
import { LoadMore } from '../../parts/LoadMore.js';
import { Note } from '../../parts/Note.js';
import { Problem } from '../../parts/Problem.js';
import { AlertRaisedDocument, AlertsDocument, type AlertsQueryVariables } from '../../queries/documents.js';
import { soon } from '../../soon.js';
import { Line } from './Line.js';
import styles from './Part.module.css';

const AT_A_TIME = 20;
/** What may be shown, by the words for it. */
const SHOWN = {
  all: {},
  'firing now': { firing: true },
  ends: { state: 'RESOLVED' },
} satisfies Record<string, Partial<AlertsQueryVariables>>;

export function History() {
  const [shown, setShown] = useState<keyof typeof SHOWN>('all');
  const { data, error, loading, refetch, fetchMore } = useQuery(AlertsDocument, {
    variables: { first: AT_A_TIME, ...SHOWN[shown] },
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'cache-and-network',
  });
  useSubscription(AlertRaisedDocument, { onData: soon(() => void refetch()), ignoreResults: true });
  const alerts = data?.alerts;
  return (
    <section aria-labelledby="history" className={styles.part}>
      <div className={styles.head}>
        <h2 id="history">What was raised</h2>
        <label className={styles.filter}>
          Show
          <select
            className={fields.field}
            value={shown}
            onChange={(event) => setShown(event.target.value as keyof typeof SHOWN)}
          >
            {Object.keys(SHOWN).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!alerts && loading && <p role="status">Asking for the alerts</p>}
      {alerts?.nodes.length === 0 && shown !== 'all' && <p>None is {shown === 'ends' ? 'told of' : 'firing now'}.</p>}
      {alerts?.nodes.length === 0 && shown === 'all' && (
        <Note title="Nothing was raised yet">
          An alert comes when a hotspot comes to what one of the{' '}
          <Link to="/alerts" search={{ part: 'rules' }}>
            rules
          </Link>{' '}
          asks for.
        </Note>
      )}
      <ol className={styles.list}>
        {alerts?.nodes.map((alert) => (
          <li key={alert.id}>
            <Line alert={alert} />
          </li>
        ))}
      </ol>
      {alerts?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: alerts.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                alerts: { ...more.alerts, nodes: [...before.alerts.nodes, ...more.alerts.nodes] },
              }),
            })
          }
        />
      )}
    </section>
  );
}
