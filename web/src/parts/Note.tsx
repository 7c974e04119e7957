// What stands where there is nothing else to show, or beside it.
import type { ReactNode } from 'react';
import styles from './Note.module.css';

export function Note({ title, children, bad = false }: { title: string; children?: ReactNode; bad?: boolean }) {
  return (
    <section className={styles.note} data-bad={bad || undefined} role={bad ? 'alert' : undefined}>
      <h2>{title}</h2>
      <div>{children}</div>
    </section>
  );
}
