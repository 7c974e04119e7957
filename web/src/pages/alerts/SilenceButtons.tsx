// One press, and nobody hears of a hotspot for a while.
import { useMutation } from '@apollo/client/react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Problem } from '../../parts/Problem.js';
import { SilenceDocument } from '../../queries/documents.js';
import styles from './Line.module.css';

const SPANS = [
  [1440, 'a day'],
  [10_080, 'a week'],
] as const;

export function SilenceButtons({ hotspotId, title }: { hotspotId: string; title: string }) {
  const [silence, { data, error, loading }] = useMutation(SilenceDocument, {
    onError: () => undefined,
    refetchQueries: ['Silences'],
  });
  return (
    <div className={styles.actions}>
      {SPANS.map(([minutes, words]) => (
        <Button
          key={minutes}
          className={buttons.button}
          isDisabled={loading || data !== undefined}
          aria-label={`Silence for ${words}: ${title}`}
          onPress={() => void silence({ variables: { hotspotId, ruleId: null, minutes, reason: '' } })}
        >
          Silence for {words}
        </Button>
      ))}
      <span role="status">{data && 'Silenced'}</span>
      {error && <Problem error={error} />}
    </div>
  );
}
