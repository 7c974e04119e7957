// One import: how far it is, what became of its rows, and which of them were rejected, where and why.
import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Facts } from '../parts/Facts.js';
import { LoadMore } from '../parts/LoadMore.js';
import { Note } from '../parts/Note.js';
import { count, counted } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { ScrollingTable } from '../parts/ScrollingTable.js';
import table from '../parts/Table.module.css';
import { Time } from '../parts/Time.js';
import { Waiting } from '../parts/Waiting.js';
import {
  ImportProgressDocument,
  ImportStateDocument,
  type ImportStateQuery,
  RejectedRowsDocument,
} from '../queries/documents.js';
import type { Progress } from './Import.js';
import { ImportBar } from './import/ImportBar.js';
import { STATES } from './import/states.js';
import styles from './OneImport.module.css';

const route = getRouteApi('/import/$id');
const AT_A_TIME = 50;
const POLL_MS = 3000;

type Detail = NonNullable<ImportStateQuery['import']>;

export function OneImport() {
  const { id } = route.useParams();
  const [told, setTold] = useState<Progress>();
  const [over, setOver] = useState(false);
  const { data, error, refetch } = useQuery(ImportStateDocument, {
    variables: { id },
    // Its pictures are captioned after it has ended, and the server may have been away meanwhile.
    pollInterval: over ? 0 : POLL_MS,
    skipPollAttempt: () => document.hidden,
  });
  useSubscription(ImportProgressDocument, {
    variables: { importId: id },
    onData: ({ data: { data: event } }) => event && setTold(event.importProgress),
    ignoreResults: true,
  });
  const one = data?.import;
  const ended = told !== undefined && told.state !== 'RUNNING';
  useEffect(() => {
    if (ended) void refetch();
  }, [ended, refetch]);
  useEffect(() => {
    if (one) setOver(one.status !== 'RUNNING' && one.pictures.captioned + one.pictures.failed >= one.pictures.total);
  }, [one]);
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Waiting what="Asking for the import" rooms={['title', 'line', 'panel']} />;
  if (one == null)
    return (
      <Note title="There is no such import">
        <Link to="/import">All imports</Link>
      </Note>
    );
  const now = one.status === 'RUNNING' && told ? told : one;
  return (
    <article className={styles.page}>
      <title>{`${one.origin} · Import · Hotlens`}</title>
      <Head one={one} told={told} />
      <Rejected id={id} rejected={now.rejected} />
      {one.pictures.failed > 0 && <Pictures one={one} />}
    </article>
  );
}

function Head({ one, told }: { one: Detail; told: Progress | undefined }) {
  const running = one.status === 'RUNNING';
  const now = running && told ? told : one;
  const { pictures } = one;
  const facts: [string, string][] = [
    ['Rows read', count(now.accepted + now.updated + now.rejected + now.deleted)],
    ['New posts', count(now.accepted)],
    ['Known posts', count(now.updated)],
    ['Rejected rows', count(now.rejected)],
    ['Deletions', count(now.deleted)],
    ['Pictures of new posts', count(pictures.total)],
    ['Captioned', count(pictures.captioned)],
    ['Could not be captioned', count(pictures.failed)],
  ];
  return (
    <header className={styles.head}>
      <p>
        <Link to="/import">All imports</Link>
      </p>
      <h1 dir="auto">{one.origin === 'graphql' ? 'API' : one.origin}</h1>
      <div role="status">
        <p className={styles.soft}>
          {STATES[one.status]}, begun <Time at={one.startedAt} />
          {one.finishedAt && (
            <>
              , ended <Time at={one.finishedAt} />
            </>
          )}
        </p>
      </div>
      {running && <ImportBar progress={told} label="How much of it is read" />}
      {one.error && (
        <Note title="It ended early" bad>
          <p dir="auto">{one.error}</p>
          <p>What was accepted stays. The same file again brings the rest, and nothing twice.</p>
        </Note>
      )}
      <Facts facts={facts} className={styles.facts} />
    </header>
  );
}

function Pictures({ one: { pictures, pictureProblems } }: { one: Detail }) {
  const more = pictures.failed - pictureProblems.length;
  return (
    <section aria-labelledby="pictures" className={styles.rejected}>
      <h2 id="pictures">{counted(pictures.failed, 'picture')} could not be captioned</h2>
      <p>Their posts came in. The same rows again, with the pictures, mend them.</p>
      <ul className={styles.problems}>
        {pictureProblems.map(({ nativeId, position, reason }) => (
          <li key={`${nativeId} ${position}`}>
            Post <bdi>{nativeId}</bdi>, picture {position + 1}: <bdi>{reason}</bdi>
          </li>
        ))}
      </ul>
      {more > 0 && <p>and {count(more)} more</p>}
    </section>
  );
}

function Rejected({ id, rejected }: { id: string; rejected: number }) {
  const { data, error, loading, refetch, fetchMore } = useQuery(RejectedRowsDocument, {
    variables: { id, first: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
  });
  const rows = data?.import?.rejectedRows;
  const shown = rows?.nodes.length;
  // As they come, until a page is full; further ones are asked for.
  const wanted = Math.min(rejected, AT_A_TIME);
  useEffect(() => {
    if (shown !== undefined && shown < wanted) void refetch();
  }, [shown, wanted, refetch]);
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (rejected === 0)
    return (
      <section aria-labelledby="rejected">
        <h2 id="rejected">No row was rejected</h2>
      </section>
    );
  return (
    <section aria-labelledby="rejected" className={styles.rejected}>
      <h2 id="rejected">{counted(rejected, 'row was', 'rows were')} rejected</h2>
      <p>
        <a href={`/export/rejections.csv?import=${id}`} download>
          CSV
        </a>{' '}
        <a href={`/export/rejections.ndjson?import=${id}`} download>
          NDJSON
        </a>
      </p>
      <ScrollingTable label="Rejected rows" columns={['Line', 'Why', 'How it begins']}>
        {rows?.nodes.map(({ place, reason, excerpt }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line may be rejected twice, and the list only grows
          <tr key={`${place} ${i}`}>
            <td>{count(place)}</td>
            <td dir="auto" className={table.text}>
              {reason}
            </td>
            <td dir="auto" className={styles.row}>
              {excerpt}
            </td>
          </tr>
        ))}
      </ScrollingTable>
      {rows?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: rows.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) =>
                before.import && more.import
                  ? {
                      import: {
                        ...more.import,
                        rejectedRows: {
                          ...more.import.rejectedRows,
                          nodes: [...before.import.rejectedRows.nodes, ...more.import.rejectedRows.nodes],
                        },
                      },
                    }
                  : before,
            })
          }
        />
      )}
    </section>
  );
}
