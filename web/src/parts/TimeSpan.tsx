// Which time a page is about: one of the usual spans, by a link, or exactly, by two fields of the form that this stands in, `since` and `until`.
import { Fragment, type ReactNode, useState } from 'react';
import fields from './Field.module.css';
import pills from './Pills.module.css';
import { SPANS, type Span } from './spans.js';
import styles from './TimeSpan.module.css';

export interface TimeSpanProps {
  /** As localMoment.ts writes it; undefined: open. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** To the same page with a span. */
  readonly link: (span: Span, name: string) => ReactNode;
}

export function TimeSpan({ since, until, link }: TimeSpanProps) {
  const [from, setFrom] = useState(since ?? '');
  const [before, setBefore] = useState(until ?? '');
  // As text: both are written alike.
  const wrong = from !== '' && before !== '' && before <= from ? 'expected later than From' : '';
  return (
    <>
      <nav aria-label="Span of time" className={`${pills.pills} ${styles.spans}`}>
        {SPANS.map(([name, span]) => (
          <Fragment key={name}>{link(span, name)}</Fragment>
        ))}
      </nav>
      <label className={`${fields.labelled} ${styles.moment}`}>
        From ({ZONE})
        <input
          className={fields.field}
          name="since"
          type="datetime-local"
          step="any"
          defaultValue={since}
          onInput={({ currentTarget }) => setFrom(currentTarget.value)}
        />
      </label>
      <label className={`${fields.labelled} ${styles.moment}`}>
        Before
        <input
          ref={(field) => field?.setCustomValidity(wrong)}
          className={fields.field}
          name="until"
          type="datetime-local"
          step="any"
          defaultValue={until}
          onInput={({ currentTarget }) => setBefore(currentTarget.value)}
        />
      </label>
    </>
  );
}

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ');
