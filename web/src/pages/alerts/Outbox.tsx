// What is on its way, has arrived, or was given up, and why.
import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { LoadMore } from '../../parts/LoadMore.js';
import { Note } from '../../parts/Note.js';
import { Problem } from '../../parts/Problem.js';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import table from '../../parts/Table.module.css';
import { Time } from '../../parts/Time.js';
import {
  type DeliveryKind,
  type DeliveryLineFragment,
  type DeliveryStatus,
  OutboxDocument,
  RetryDeliveriesDocument,
} from '../../queries/documents.js';
import styles from './Part.module.css';
import { KINDS } from './words.js';

const AT_A_TIME = 30;
const WHAT: Readonly<Record<DeliveryKind, string>> = { ALERT: 'Alert', REPORT: 'Report', TEST: 'Test' };

export function Outbox() {
  const may = useMay('ANALYST');
  if (may === undefined) return <p role="status">Asking the server who you are</p>;
  if (!may) return <Note title="The outbox is for analysts">Your key does not show where alerts are sent.</Note>;
  return <OfAnalysts />;
}

function OfAnalysts() {
  const mayRetry = useMay('ADMIN');
  const [status, setStatus] = useState<DeliveryStatus | ''>('');
  const { data, error, loading, refetch, fetchMore } = useQuery(OutboxDocument, {
    variables: { first: AT_A_TIME, status: status === '' ? null : status },
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'cache-and-network',
    pollInterval: 5000,
    skipPollAttempt: () => document.hidden,
  });
  const [retry, retried] = useMutation(RetryDeliveriesDocument, { onError: () => undefined });
  const deliveries = data?.deliveries;
  return (
    <section aria-labelledby="outbox" className={styles.part}>
      <div className={styles.head}>
        <h2 id="outbox">Outbox</h2>
        <label className={styles.filter}>
          Show
          <select
            className={fields.field}
            value={status}
            onChange={(event) => setStatus(event.target.value as DeliveryStatus | '')}
          >
            <option value="">all</option>
            <option value="WAITING">waiting</option>
            <option value="DELIVERED">delivered</option>
            <option value="FAILED">given up</option>
          </select>
        </label>
      </div>
      {error && !data && <Problem error={error} again={() => void refetch()} />}
      {retried.error && <Problem error={retried.error} />}
      {deliveries?.nodes.length === 0 && (
        <Note title="Nothing is here">What rules and reports send to destinations is listed here.</Note>
      )}
      {deliveries && deliveries.nodes.length > 0 && (
        <ScrollingTable
          label="Deliveries, as a table"
          className={styles.outbox}
          columns={['Sent', 'To', 'State', 'Since', mayRetry && 'Again']}
        >
          {deliveries.nodes.map((delivery) => (
            <tr key={delivery.id}>
              <td>{WHAT[delivery.kind]}</td>
              <td>
                <bdi>{delivery.destination.name}</bdi>
                <small>{KINDS[delivery.destination.kind]}</small>
              </td>
              <td className={table.text}>
                <State delivery={delivery} />
              </td>
              <td>
                <Time at={delivery.createdAt} ago />
              </td>
              {mayRetry && (
                <td>
                  {delivery.status !== 'WAITING' && (
                    <Button
                      className={buttons.button}
                      isDisabled={retried.loading}
                      aria-label={`Send again: ${WHAT[delivery.kind]} to ${delivery.destination.name}`}
                      onPress={() => void retry({ variables: { ids: [delivery.id] } })}
                    >
                      Send again
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </ScrollingTable>
      )}
      {deliveries?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: deliveries.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                deliveries: { ...more.deliveries, nodes: [...before.deliveries.nodes, ...more.deliveries.nodes] },
              }),
            })
          }
        />
      )}
    </section>
  );
}

function State({
  delivery: { status, attempts, error, nextAttemptAt, deliveredAt },
}: {
  delivery: DeliveryLineFragment;
}) {
  const tried = attempts > 1 ? `, after ${attempts} attempts` : '';
  return (
    <>
      {status === 'DELIVERED' && (
        <>
          delivered {deliveredAt && <Time at={deliveredAt} ago />}
          {tried}
        </>
      )}
      {status === 'FAILED' && <span className={styles.bad}>given up{tried}</span>}
      {status === 'WAITING' && (
        <>
          {attempts === 0 ? 'waiting' : `waiting, ${attempts} attempts so far`}
          {nextAttemptAt && (
            <>
              , next <Time at={nextAttemptAt} ago />
            </>
          )}
        </>
      )}
      {error !== null && <small dir="auto">{error}</small>}
    </>
  );
}
