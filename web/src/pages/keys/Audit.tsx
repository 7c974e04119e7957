// The latest changes that anybody made, of whatever kind.
import { useQuery } from '@apollo/client/react';
import { LoadMore } from '../../parts/LoadMore.js';
import { Problem } from '../../parts/Problem.js';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import { Time } from '../../parts/Time.js';
import { AuditDocument, type AuditOutcome } from '../../queries/documents.js';
import styles from './Audit.module.css';

const AT_A_TIME = 20;
const OUTCOMES: Readonly<Record<AuditOutcome, string>> = { DONE: 'done', FAILED: 'failed', DENIED: 'denied' };

export function Audit() {
  const { data, error, loading, refetch, fetchMore } = useQuery(AuditDocument, {
    variables: { first: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'cache-and-network',
  });
  const events = data?.auditEvents;
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">Latest changes</h2>
      {error && <Problem error={error} again={() => void refetch()} />}
      {events?.nodes.length === 0 && <p>Nobody has changed anything yet.</p>}
      {events && events.nodes.length > 0 && (
        <ScrollingTable
          label="Latest changes, as a table"
          className={styles.events}
          columns={['When', 'Who', 'What', 'Of what', 'Outcome']}
        >
          {events.nodes.map(({ id, at, actor, action, target, outcome, reason }) => (
            <tr key={id}>
              <td>
                <Time at={at} />
              </td>
              <td>
                <bdi>{actor}</bdi>
              </td>
              <td>{action}</td>
              <td dir="auto">{target ?? '–'}</td>
              <td>
                {OUTCOMES[outcome]}
                {reason && <small dir="auto">{reason}</small>}
              </td>
            </tr>
          ))}
        </ScrollingTable>
      )}
      {events?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: events.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                auditEvents: { ...more.auditEvents, nodes: [...before.auditEvents.nodes, ...more.auditEvents.nodes] },
              }),
            })
          }
        />
      )}
    </section>
  );
}
