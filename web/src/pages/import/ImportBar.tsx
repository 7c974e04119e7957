// How much of a file is read.
import { share } from '../../parts/numbers.js';
import styles from './ImportBar.module.css';

export function ImportBar({
  progress,
  label,
}: {
  progress: { readonly done: number | null; readonly total: number | null } | undefined;
  label: string;
}) {
  const { done = null, total = null } = progress ?? {};
  const known = done !== null && total !== null && total > 0;
  return (
    <span className={styles.bar}>
      {known ? <progress aria-label={label} value={done} max={total} /> : <progress aria-label={label} />}
      <span>{known ? share(done / total) : 'in line'}</span>
    </span>
  );
}
