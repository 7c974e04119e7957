// What the rule would have raised in the last days: whether it is noise shows before it is made.
import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { counted } from '../../parts/numbers.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import { type AlertRuleInput, PreviewAlertRuleDocument } from '../../queries/documents.js';
import styles from './Form.module.css';

const DAYS = 7;
/** A moment without a key before it is asked for. */
const WAIT_MS = 500;

export function RulePreview({ rule }: { rule: AlertRuleInput }) {
  const [asked, setAsked] = useState(rule);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(rule), WAIT_MS);
    return () => clearTimeout(timer);
  }, [rule]);
  const { data, previousData, error, loading } = useQuery(PreviewAlertRuleDocument, {
    // Its name changes nothing of it; one that is still to be written is none.
    variables: { rule: { ...asked, name: 'preview', destinationIds: [] }, days: DAYS },
    skip: Number.isNaN(asked.threshold) || (asked.metric === 'KEYWORD' && [asked.keywords ?? []].flat().length === 0),
  });
  const preview = (data ?? previousData)?.previewAlertRule;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section aria-label="What it would have raised" className={styles.preview} tabIndex={0} aria-busy={loading}>
      {error ? (
        <p role="status">{error.message}</p>
      ) : preview ? (
        <>
          <p role="status">
            In the {DAYS} days up to <Time at={preview.until} /> it would have raised{' '}
            <strong>{preview.count === 0 ? 'nothing' : counted(preview.count, 'alert')}</strong>.
          </p>
          <ol>
            {preview.alerts.slice(0, 20).map(({ at, reason, hotspot }) => (
              <li key={`${hotspot?.id} ${at}`}>
                {hotspot && (
                  <Link to="/hotspots/$id" params={{ id: hotspot.id }} dir="auto">
                    {titleOf(hotspot)}
                  </Link>
                )}
                <span dir="auto">{reason}</span>
                <small>
                  <Time at={at} />
                </small>
              </li>
            ))}
          </ol>
        </>
      ) : (
        <p role="status">
          {loading ? 'Looking what it would have raised' : 'Nothing is known yet that it could be tried on'}
        </p>
      )}
    </section>
  );
}
