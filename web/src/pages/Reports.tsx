// Reports: what is asked and when, what it would say now, where it goes, and what was made.
import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useMay } from '../caller.js';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { Note } from '../parts/Note.js';
import { Problem } from '../parts/Problem.js';
import {
  DeleteReportDocument,
  type ReportLineFragment,
  ReportsDocument,
  RunReportDocument,
} from '../queries/documents.js';
import styles from './Reports.module.css';
import { Archive } from './reports/Archive.js';
import { Builder } from './reports/Builder.js';
import { ReportTable } from './reports/ReportTable.js';

const AT_A_TIME = 20;
/** While one is being made it is looked at so often (ms). */
const SOON = 2000;
const LATER = 30_000;

export function Reports() {
  const may = useMay('ANALYST');
  const [waits, setWaits] = useState(false);
  const { data, error, loading, refetch, fetchMore } = useQuery(ReportsDocument, {
    variables: { first: 100, runs: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
    fetchPolicy: 'cache-and-network',
    pollInterval: waits ? SOON : LATER,
  });
  const [run, { error: notRun }] = useMutation(RunReportDocument, { onError: () => undefined });
  const [remove, { error: notDeleted }] = useMutation(DeleteReportDocument, { onError: () => undefined });
  /** The one that is being changed; null: a new one. */
  const [edited, setEdited] = useState<ReportLineFragment | null>();
  const runs = data?.reportRuns;
  const waiting = runs?.nodes.some(({ status }) => status === 'WAITING') ?? false;
  if (waiting !== waits) setWaits(waiting);
  const done = () => {
    setEdited(undefined);
    void refetch();
  };
  return (
    <div className={styles.page}>
      <title>Reports · Hotlens</title>
      <div className={styles.head}>
        <h1>Reports</h1>
        {may && edited === undefined && (
          <Button className={buttons.button} onPress={() => setEdited(null)}>
            New report
          </Button>
        )}
      </div>
      {[error, notRun, notDeleted].map((one) => one && <Problem key={one.message} error={one} />)}
      {edited !== undefined && (
        <Builder key={edited?.id ?? 'new'} report={edited} done={done} leave={() => setEdited(undefined)} />
      )}
      {!data && !error && <p role="status">Asking for the reports</p>}
      {data && data.reports.nodes.length === 0 && edited === undefined && (
        <Note title="No report is made by itself yet">
          A report says what is new, what grew and what cooled, each with its pictures, numbers and posts, and how much
          was seen. It is made by a schedule or by hand, kept here, and sent where you like.
        </Note>
      )}
      {data && data.reports.nodes.length > 0 && (
        <ReportTable
          reports={data.reports.nodes}
          {...(may && {
            onEdit: setEdited,
            onRun: (id: string) => void run({ variables: { id } }).then(() => refetch()),
            onDelete: (id: string) => void remove({ variables: { id } }).then(() => refetch()),
          })}
        />
      )}
      {runs && (
        <Archive
          runs={runs.nodes}
          busy={loading}
          {...(runs.pageInfo.hasNextPage && {
            more: () =>
              void fetchMore({
                variables: { after: runs.pageInfo.endCursor },
                updateQuery: (before, { fetchMoreResult: next }) => ({
                  ...before,
                  reportRuns: { ...next.reportRuns, nodes: [...before.reportRuns.nodes, ...next.reportRuns.nodes] },
                }),
              }),
          })}
        />
      )}
    </div>
  );
}
