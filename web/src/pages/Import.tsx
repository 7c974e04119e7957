// Brings posts in: files and folders that are dropped or chosen, how far they are, and all imports so far.
import { useQuery, useSubscription } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../caller.js';
import { LoadMore } from '../parts/LoadMore.js';
import { Note } from '../parts/Note.js';
import { count } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { ScrollingTable } from '../parts/ScrollingTable.js';
import { Time } from '../parts/Time.js';
import { Waiting } from '../parts/Waiting.js';
import { ImportProgressDocument, type ImportProgressSubscription, ImportsDocument } from '../queries/documents.js';
import { soon } from '../soon.js';
import styles from './Import.module.css';
import { Formats } from './import/Formats.js';
import { ImportBar } from './import/ImportBar.js';
import { importsVariables } from './import/importsVariables.js';
import { STATES } from './import/states.js';
import { Take } from './import/Take.js';
import { Uploads } from './import/Uploads.js';

export type Progress = ImportProgressSubscription['importProgress'];

export function Import() {
  const may = useMay('ANALYST');
  return (
    <div className={styles.page}>
      <title>Import · Hotlens</title>
      <h1>Import</h1>
      {may === false && (
        <Note title="Your key may look, and not import">
          Importing needs a key with the role analyst or admin. Whoever runs this Hotlens makes one.
        </Note>
      )}
      {/* Whoever may not is told so, most may: what they came for has its place at once. */}
      {may !== false && (
        <div className={styles.give}>
          <Take />
          <Formats />
        </div>
      )}
      <Uploads />
      <Imports />
    </div>
  );
}

function Imports() {
  const { data, error, refetch, fetchMore, loading } = useQuery(ImportsDocument, {
    variables: importsVariables,
    notifyOnNetworkStatusChange: true,
    pollInterval: 15_000,
    skipPollAttempt: () => document.hidden,
  });
  const [told, setTold] = useState<Readonly<Record<string, Progress>>>({});
  const [ask] = useState(() => soon(() => void refetch()));
  useSubscription(ImportProgressDocument, {
    onData: ({ data: { data: event } }) => {
      if (!event) return;
      const { importProgress: progress } = event;
      setTold((before) => ({ ...before, [progress.importId]: progress }));
      if (progress.state !== 'RUNNING' || !(progress.importId in told)) ask();
    },
    ignoreResults: true,
  });
  const imports = data?.imports;
  return (
    <section aria-labelledby="imports" className={styles.list}>
      <h2 id="imports">Imports</h2>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!imports && !error && <Waiting what="Asking for the imports" rooms={['panel']} />}
      {imports?.nodes.length === 0 && <p className={styles.soft}>Nothing was imported yet.</p>}
      {imports && imports.nodes.length > 0 && (
        <ScrollingTable
          label="Imports, as a table"
          columns={['From', 'Begun', 'State', 'New posts', 'Known posts', 'Rejected rows']}
        >
          {imports.nodes.map((one) => {
            const now = one.status === 'RUNNING' ? (told[one.id] ?? one) : one;
            return (
              <tr key={one.id}>
                <th scope="row">
                  <Link to="/import/$id" params={{ id: one.id }} dir="auto">
                    {one.origin === 'graphql' ? 'API' : one.origin}
                  </Link>
                </th>
                <td>
                  <Time at={one.startedAt} />
                </td>
                <td className={styles.state} data-state={one.status}>
                  {STATES[one.status]}
                  {one.status === 'RUNNING' && (
                    <ImportBar progress={told[one.id]} label={`How much of ${one.origin} is read`} />
                  )}
                </td>
                <td>{count(now.accepted)}</td>
                <td>{count(now.updated)}</td>
                <td>{count(now.rejected)}</td>
              </tr>
            );
          })}
        </ScrollingTable>
      )}
      {imports?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: imports.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) => ({
                imports: { ...more.imports, nodes: [...before.imports.nodes, ...more.imports.nodes] },
              }),
            })
          }
        />
      )}
    </section>
  );
}
