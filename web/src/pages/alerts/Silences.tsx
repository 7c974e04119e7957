// What nobody wants to hear of now.
import { useMutation, useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Note } from '../../parts/Note.js';
import { Problem } from '../../parts/Problem.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import { EndSilenceDocument, SilencesDocument } from '../../queries/documents.js';
import styles from './Part.module.css';

export function Silences() {
  const may = useMay('ANALYST');
  const { data, error, refetch } = useQuery(SilencesDocument, { fetchPolicy: 'cache-and-network' });
  const [end, ended] = useMutation(EndSilenceDocument, { onError: () => undefined, refetchQueries: ['Silences'] });
  return (
    <section aria-labelledby="silences" className={styles.part}>
      <h2 id="silences">Silences that hold now</h2>
      {error && <Problem error={error} again={() => void refetch()} />}
      {ended.error && <Problem error={ended.error} />}
      {!data && !error && <p role="status">Asking for the silences</p>}
      {data?.silences.length === 0 && (
        <Note title="Nothing is silenced">
          A hotspot is silenced from its alert, a rule from its line. What is silenced is still raised and shown, and
          not sent.
        </Note>
      )}
      <ol className={styles.list}>
        {data?.silences.map(({ id, until, reason, createdBy, rule, hotspot }) => (
          <li key={id} className={styles.card}>
            <h3>
              {hotspot ? (
                <Link to="/hotspots/$id" params={{ id: hotspot.id }} dir="auto">
                  {titleOf(hotspot)}
                </Link>
              ) : (
                'Every hotspot'
              )}{' '}
              by {rule ? <bdi>{rule.name}</bdi> : 'every rule'}
            </h3>
            <p className={styles.soft}>
              until <Time at={until} />, by <bdi>{createdBy}</bdi>
              {reason !== '' && (
                <>
                  : <span dir="auto">{reason}</span>
                </>
              )}
            </p>
            {may && (
              <div className={styles.row}>
                <Button
                  className={buttons.button}
                  aria-label={`End it: ${hotspot ? titleOf(hotspot) : (rule?.name ?? '')}`}
                  onPress={() => void end({ variables: { id } })}
                >
                  End it
                </Button>
              </div>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}
