// Whether what is shown is told by the server as it happens.
import { useSubscription } from '@apollo/client/react';
import { useConnection } from '../connection.js';
import { HotspotChangedDocument } from '../queries/documents.js';
import styles from './Connection.module.css';

const WORDS = {
  waiting: { short: 'Connecting', long: 'Asking the server to tell of what happens.' },
  live: { short: 'Live', long: 'The server tells of what happens as it happens.' },
  lost: { short: 'Reconnecting', long: 'The server is not there. What is shown may be old; it goes on by itself.' },
};

export function Connection() {
  // One that is always there: what is told of anywhere comes by the same socket.
  useSubscription(HotspotChangedDocument, { ignoreResults: true });
  const state = useConnection();
  return (
    <span role="status" className={styles.state} data-state={state} title={WORDS[state].long}>
      {WORDS[state].short}
    </span>
  );
}
