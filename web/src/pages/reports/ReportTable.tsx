// The reports, and what can be done with each.
import { useState } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import { Time } from '../../parts/Time.js';
import type { ReportLineFragment } from '../../queries/documents.js';
import { Files } from './Files.js';
import styles from './ReportTable.module.css';

export interface ReportTableProps {
  readonly reports: readonly ReportLineFragment[];
  /** Left out: who looks may not. */
  readonly onEdit?: (report: ReportLineFragment) => void;
  readonly onRun?: (id: string) => void;
  readonly onDelete?: (id: string) => void;
}

export function ReportTable({ reports, onEdit, onRun, onDelete }: ReportTableProps) {
  const [asked, setAsked] = useState<string>();
  return (
    <section aria-labelledby="reports">
      <h2 id="reports">What is made</h2>
      <ScrollingTable
        label="Reports, as a table"
        columns={['Name', 'When', 'Next', 'Goes to', 'Newest', onRun && 'Do']}
      >
        {reports.map((report) => (
          <tr key={report.id}>
            <th scope="row">
              <bdi>{report.name}</bdi>
            </th>
            <td>{report.schedule}</td>
            <td>{report.nextRunAt ? <Time at={report.nextRunAt} /> : report.enabled ? 'by hand' : 'it rests'}</td>
            <td>{report.destinations.length === 0 ? 'the archive' : places(report.destinations.length)}</td>
            <td>{report.newestRun ? <Files run={report.newestRun} /> : 'none yet'}</td>
            {onRun && (
              <td>
                {asked === report.id ? (
                  <fieldset className={styles.question}>
                    <legend>
                      Delete <bdi>{report.name}</bdi>? What was made of it stays.
                    </legend>
                    <Button className={buttons.button} onPress={() => onDelete?.(report.id)}>
                      Delete it
                    </Button>
                    <Button className={buttons.button} onPress={() => setAsked(undefined)}>
                      Keep it
                    </Button>
                  </fieldset>
                ) : (
                  <div className={styles.actions}>
                    <Button
                      className={buttons.button}
                      aria-label={`Make now: ${report.name}`}
                      onPress={() => onRun(report.id)}
                    >
                      Make now
                    </Button>
                    <Button
                      className={buttons.button}
                      aria-label={`Change ${report.name}`}
                      onPress={() => onEdit?.(report)}
                    >
                      Change
                    </Button>
                    <Button
                      className={buttons.button}
                      aria-label={`Delete ${report.name}`}
                      onPress={() => setAsked(report.id)}
                    >
                      Delete
                    </Button>
                  </div>
                )}
              </td>
            )}
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}

function places(count: number): string {
  return count === 1 ? 'the archive and one more place' : `the archive and ${count} more places`;
}
