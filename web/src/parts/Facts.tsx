// Names with what is known of each.
import type { ReactNode } from 'react';
import styles from './Facts.module.css';

export function Facts({
  facts,
  className = '',
}: {
  facts: readonly (readonly [name: string, value: ReactNode])[];
  className?: string | undefined;
}) {
  return (
    <dl className={`${styles.facts} ${className}`}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
