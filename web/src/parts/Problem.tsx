// An error, with what can be done about it.
import { Button } from './Button.js';
import styles from './Button.module.css';
import { Note } from './Note.js';

export function Problem({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Note title="That did not work" bad>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {again && (
        <Button className={styles.button} onPress={again}>
          Try again
        </Button>
      )}
    </Note>
  );
}
