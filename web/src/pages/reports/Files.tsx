// A report that was made, as its files.
import { Time } from '../../parts/Time.js';
import type { ReportRunLineFragment } from '../../queries/documents.js';
import styles from './Files.module.css';

export function Files({ run }: { run: ReportRunLineFragment }) {
  if (run.status === 'WAITING') return <span role="status">is being made</span>;
  if (run.status === 'FAILED') return <span dir="auto">could not be made: {run.error}</span>;
  return (
    <span className={styles.files}>
      {run.formats.map((format) => (
        <a
          key={format}
          href={`/reports/${run.id}.${format.toLowerCase()}`}
          target="_blank"
          rel="noreferrer"
          aria-label={`${run.name} as ${format}`}
        >
          {format}
        </a>
      ))}
      <small>
        <Time at={run.dueAt} />
      </small>
    </span>
  );
}
