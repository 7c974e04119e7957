// Whether what is shown is told by the server as it happens.
import { useConnection } from '../connection.js';
import styles from './Connection.module.css';

const WORDS = {
  waiting: { short: 'Connecting', long: 'Asking the server to tell of what happens.' },
  live: { short: 'Live', long: 'The server tells of what happens as it happens.' },
  lost: { short: 'Reconnecting', long: 'The server is not there. What is shown may be old; it goes on by itself.' },
};

export function Connection() {
  const state = useConnection();
  return (
    <span role="status" className={styles.state} data-state={state} title={WORDS[state].long}>
      {WORDS[state].short}
    </span>
  );
}
