// How Hotlens itself is: its queues, what it gave up, its models, and what came in.
import { useMutation, useQuery } from '@apollo/client/react';
import { useMay } from '../caller.js';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { Facts } from '../parts/Facts.js';
import { count, counted, decimal } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { ScrollingTable } from '../parts/ScrollingTable.js';
import { Time } from '../parts/Time.js';
import { Waiting } from '../parts/Waiting.js';
import { RetryFailedDocument, SystemDocument, type SystemQuery } from '../queries/documents.js';
import styles from './System.module.css';

const QUEUES: Record<string, string> = {
  import: 'Read uploads',
  fetch: 'Fetch pictures',
  caption: 'Caption',
  embed: 'Embed',
  detect: 'Look for hotspots',
  map: 'Place on the map',
  deliver: 'Send messages',
  report: 'Make reports',
  maintenance: 'Clean up',
};

export function System() {
  const { data, error, refetch } = useQuery(SystemDocument, {
    pollInterval: 5000,
    skipPollAttempt: () => document.hidden,
  });
  if (error && !data) return <Problem error={error} again={() => void refetch()} />;
  return (
    <div className={styles.page}>
      <title>System · Hotlens</title>
      <h1>System</h1>
      {data ? (
        <>
          <Queues queue={data.queue} />
          <GivenUp queue={data.queue} changed={() => void refetch()} />
          <Models model={data.model} detection={data.detection} />
          <Imports imports={data.imports} />
        </>
      ) : (
        <Waiting what="Asking the server how it is" rooms={['panel', 'line', 'panel', 'panel']} />
      )}
    </div>
  );
}

function Queues({ queue: { counts } }: Pick<SystemQuery, 'queue'>) {
  return (
    <section aria-labelledby="queues">
      <h2 id="queues">Work</h2>
      <ScrollingTable
        label="Work, as a table"
        columns={['Queue', 'Waiting', 'Put off', 'Running', 'Done lately', 'Given up']}
      >
        {counts.map(({ name, waiting, delayed, running, completed, dead }) => (
          <tr key={name}>
            <th scope="row">{QUEUES[name] ?? name}</th>
            {Object.entries({ waiting, delayed, running, completed, dead }).map(([what, value]) => (
              <td key={what}>{count(value)}</td>
            ))}
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}

function GivenUp({ queue, changed }: Pick<SystemQuery, 'queue'> & { changed: () => void }) {
  const may = useMay('ADMIN');
  const [retry, { error, data, loading }] = useMutation(RetryFailedDocument, {
    onError: () => undefined,
    onCompleted: changed,
  });
  return (
    <section aria-labelledby="dead">
      <h2 id="dead">Given up: {count(queue.deadLetterCount)}</h2>
      {queue.deadLetterCount > 0 && (
        <>
          {may ? (
            <Button
              className={buttons.button}
              isDisabled={loading}
              onPress={() => void retry({ variables: { filter: {} } })}
            >
              Try all again
            </Button>
          ) : (
            <p>An admin’s key can try them again.</p>
          )}
          <ScrollingTable label="Failures, as a table" columns={['When', 'Queue', 'Why', 'Tries', may && 'Again']}>
            {queue.deadLetters.map((letter) => (
              <tr key={letter.id}>
                <td>
                  <Time at={letter.createdAt} />
                </td>
                <td>{QUEUES[letter.queue] ?? letter.queue}</td>
                <td>
                  {letter.reason}
                  <small>{letter.kind}</small>
                </td>
                <td>{letter.attempts}</td>
                {may && (
                  <td>
                    <Button
                      className={buttons.button}
                      isDisabled={loading}
                      aria-label={`Try again: ${letter.reason ?? letter.queue}`}
                      onPress={() => void retry({ variables: { ids: [letter.id] } })}
                    >
                      Try
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </ScrollingTable>
        </>
      )}
      <p role="status">{data && `${counted(data.retryFailed, 'job')} in line again`}</p>
      {error && <Problem error={error} />}
    </section>
  );
}

function Models({ model, detection }: Pick<SystemQuery, 'model' | 'detection'>) {
  const { captioner, embedder, recentBatches } = model;
  const device = captioner.providers.find(({ chosen }) => chosen)?.provider ?? 'unknown';
  const batch = recentBatches.reduce((sum, size) => sum + size, 0) / Math.max(1, recentBatches.length);
  const facts: [string, string][] = [
    [
      'Captioner',
      `${captioner.name}, ${captioner.architecture}, ${count(captioner.parameters)} parameters, ${captioner.dtype}`,
    ],
    [
      'ECMA adapter',
      captioner.ecmaParameters > 0
        ? `${count(captioner.ecmaParameters)} parameters, ${captioner.adapterDigest.slice(0, 12)}`
        : 'none',
    ],
    ['Digest', captioner.digest.slice(0, 12)],
    ['Device', device],
    ['Embedder', `${embedder.name}, ${embedder.architecture}, ${embedder.dimension} numbers`],
    ['Pictures a batch', decimal(batch)],
    ['Inference started anew', counted(model.restarts, 'time')],
    [
      'Detection',
      detection.learning
        ? `learning: ${decimal(detection.coveredHours)} hours are known`
        : counted(detection.livingHotspots, 'living hotspot'),
    ],
  ];
  return (
    <section aria-labelledby="models">
      <h2 id="models">Models</h2>
      <Facts facts={facts} className={styles.facts} />
    </section>
  );
}

function Imports({ imports: { nodes } }: Pick<SystemQuery, 'imports'>) {
  return (
    <section aria-labelledby="imports">
      <h2 id="imports">Latest imports</h2>
      <ScrollingTable
        label="Latest imports, as a table"
        columns={['Begun', 'From', 'State', 'New', 'Known', 'Refused']}
      >
        {nodes.map((one) => (
          <tr key={one.id}>
            <td>
              <Time at={one.startedAt} />
            </td>
            <td dir="auto">{one.origin}</td>
            <td>{one.status.toLowerCase()}</td>
            <td>{count(one.accepted)}</td>
            <td>{count(one.updated)}</td>
            <td>{count(one.rejected)}</td>
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}
