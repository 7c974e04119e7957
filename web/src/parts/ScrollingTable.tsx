import type { ReactNode } from 'react';
import css from './Table.module.css';

/** A table that scrolls by itself where it is wider than its place; the keyboard reaches it, as what scrolls it has to. */
export function ScrollingTable({
  label,
  className = '',
  children,
}: {
  /** What it lists, for those who do not see its heading. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section aria-label={label} tabIndex={0} className={css.scroll}>
      <table className={`${css.table} ${className}`}>{children}</table>
    </section>
  );
}
