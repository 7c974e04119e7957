import type { ReactNode } from 'react';
import css from './Table.module.css';

/** A table that scrolls by itself where it is wider than its place; the keyboard reaches it, as what scrolls it has to. */
export function ScrollingTable({
  label,
  columns,
  className = '',
  children,
}: {
  /** What it lists, for those who do not see its heading. */
  readonly label: string;
  /** What stands over them; those that are left out at times are none then. */
  readonly columns: readonly (string | false | undefined)[];
  readonly className?: string | undefined;
  /** Its rows. */
  readonly children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section aria-label={label} tabIndex={0} className={css.scroll}>
      <table className={`${css.table} ${className}`}>
        <thead>
          <tr>
            {columns.map(
              (column) =>
                column && (
                  <th key={column} scope="col">
                    {column}
                  </th>
                ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
