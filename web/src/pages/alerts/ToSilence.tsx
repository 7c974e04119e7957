// Where a message's "Silence it" leads: nothing is silenced by following a link, but by a press.
import { useQuery } from '@apollo/client/react';
import { Note } from '../../parts/Note.js';
import { Problem } from '../../parts/Problem.js';
import { AlertToSilenceDocument } from '../../queries/documents.js';
import { Line } from './Line.js';
import styles from './Part.module.css';

export function ToSilence({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(AlertToSilenceDocument, { variables: { id } });
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <p role="status">Asking for the alert</p>;
  if (!data.alert) return <Note title="This alert is gone">Its posts were deleted, and its hotspot with them.</Note>;
  return (
    <section aria-labelledby="to-silence" className={styles.part}>
      <h2 id="to-silence">To be silenced</h2>
      <Line alert={data.alert} />
    </section>
  );
}
