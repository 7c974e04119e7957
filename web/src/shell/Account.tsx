// Whose key it is, and the way out.
import { useState } from 'react';
import { useCaller } from '../caller.js';
import { Button } from '../parts/Button.js';
import { signOut } from '../signIn.js';
import styles from './Account.module.css';

export function Account() {
  const caller = useCaller();
  const [problem, setProblem] = useState('');
  if (!caller?.session) return null;
  return (
    <span className={styles.account}>
      <span>
        <bdi>{caller.name}</bdi>, {caller.role.toLowerCase()}
      </span>
      <Button className={styles.out} onPress={() => void signOut().catch((error: Error) => setProblem(error.message))}>
        Sign out
      </Button>
      {problem && <span role="alert">{problem}</span>}
    </span>
  );
}
