// A secret that is shown once.
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import type { DestinationKind } from '../../queries/documents.js';
import styles from './Part.module.css';

export function Secret({ kind, secret, done }: { kind: DestinationKind; secret: string; done: () => void }) {
  return (
    <div className={styles.secret}>
      <p>
        {kind === 'FEED'
          ? 'The address of the feed, for a reader of feeds. Whoever has it can read it; it is shown now and never again.'
          : 'What its messages are signed with, for whoever receives them. It is shown now and never again.'}
      </p>
      <code>{kind === 'FEED' ? `${location.origin}${secret}` : secret}</code>
      <div className={styles.row}>
        <Button className={buttons.button} onPress={done}>
          I have it
        </Button>
      </div>
    </div>
  );
}
