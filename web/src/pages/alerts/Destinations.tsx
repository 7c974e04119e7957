// Where alerts and reports go: made, tried, put out of use, deleted.
import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Note } from '../../parts/Note.js';
import { Problem } from '../../parts/Problem.js';
import {
  DeleteDestinationDocument,
  type DestinationLineFragment,
  DestinationsDocument,
  TestDestinationDocument,
  UpdateDestinationDocument,
} from '../../queries/documents.js';
import { MakeDestination } from './MakeDestination.js';
import styles from './Part.module.css';
import { Secret } from './Secret.js';
import { KINDS } from './words.js';

export function Destinations() {
  const may = useMay('ANALYST');
  if (may === undefined) return <p role="status">Asking the server who you are</p>;
  if (!may) return <Note title="Destinations are for analysts">Your key does not show where alerts are sent.</Note>;
  return <OfAnalysts />;
}

function OfAnalysts() {
  const mayChange = useMay('ADMIN');
  const { data, error, refetch } = useQuery(DestinationsDocument, { fetchPolicy: 'cache-and-network' });
  return (
    <section aria-labelledby="destinations" className={styles.part}>
      <h2 id="destinations">Destinations</h2>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!data && !error && <p role="status">Asking for the destinations</p>}
      {data?.destinations.length === 0 && (
        <Note title="There is none yet">
          Alerts are shown here all the same. With a destination they come by themselves: as mail, to a webhook, to
          Slack, into a feed, or as files.
        </Note>
      )}
      <ol className={styles.list}>
        {data?.destinations.map((one) => (
          <li key={one.id}>
            <One destination={one} mayChange={mayChange === true} changed={() => void refetch()} />
          </li>
        ))}
      </ol>
      {mayChange && <MakeDestination made={() => void refetch()} />}
    </section>
  );
}

function One({
  destination: { id, name, kind, target, enabled },
  mayChange,
  changed,
}: {
  destination: DestinationLineFragment;
  mayChange: boolean;
  changed: () => void;
}) {
  const quiet = { onError: () => undefined };
  const [test, tested] = useMutation(TestDestinationDocument, quiet);
  const [update, updated] = useMutation(UpdateDestinationDocument, quiet);
  const [remove, removed] = useMutation(DeleteDestinationDocument, { ...quiet, onCompleted: changed });
  const [asked, setAsked] = useState(false);
  const secret = updated.data?.updateDestination.secret;
  const error = tested.error ?? updated.error ?? removed.error;
  return (
    <article className={styles.card}>
      <h3>
        <bdi>{name}</bdi>
      </h3>
      <p className={styles.soft}>
        {KINDS[kind]}: <bdi>{target}</bdi>
        {!enabled && ', out of use'}
      </p>
      {mayChange && (
        <div className={styles.row}>
          {enabled && (
            <Button
              className={buttons.button}
              isDisabled={tested.loading}
              aria-label={`Send a test: ${name}`}
              onPress={() => void test({ variables: { id } })}
            >
              Send a test
            </Button>
          )}
          <Button
            className={buttons.button}
            aria-label={`${enabled ? 'Put out of use' : 'Use again'}: ${name}`}
            onPress={() => void update({ variables: { id, enabled: !enabled, rotateSecret: false } })}
          >
            {enabled ? 'Put out of use' : 'Use again'}
          </Button>
          {(kind === 'WEBHOOK' || kind === 'FEED') && (
            <Button
              className={buttons.button}
              aria-label={`${kind === 'FEED' ? 'New address' : 'New secret'}: ${name}`}
              onPress={() => void update({ variables: { id, enabled: null, rotateSecret: true } })}
            >
              {kind === 'FEED' ? 'New address' : 'New secret'}
            </Button>
          )}
          {asked ? (
            <>
              <Button className={buttons.button} onPress={() => void remove({ variables: { id } })}>
                Delete it with its outbox
              </Button>
              <Button className={buttons.button} onPress={() => setAsked(false)}>
                Keep it
              </Button>
            </>
          ) : (
            <Button className={buttons.button} aria-label={`Delete: ${name}`} onPress={() => setAsked(true)}>
              Delete
            </Button>
          )}
          <span role="status">{tested.data && 'On its way: the outbox says whether it arrived'}</span>
        </div>
      )}
      {secret != null && <Secret kind={kind} secret={secret} done={updated.reset} />}
      {error && <Problem error={error} />}
    </article>
  );
}
