// Asks for the next page of a list.
import { Button } from './Button.js';
import buttons from './Button.module.css';

export function LoadMore({ busy, onPress }: { busy: boolean; onPress: () => void }) {
  return (
    <Button className={buttons.button} isDisabled={busy} onPress={onPress}>
      {busy ? 'Asking' : 'More'}
    </Button>
  );
}
