// Light or dark, by a button that names the other. Which that is the sheet knows, also before any script does.
import { Button } from '../parts/Button.js';
import { chooseScheme, schemeShown } from '../scheme.js';
import styles from './SchemeSwitch.module.css';

export function SchemeSwitch() {
  return (
    <Button className={styles.button} onPress={() => chooseScheme(schemeShown() === 'dark' ? 'light' : 'dark')}>
      <span className={styles.whileLight}>Dark</span>
      <span className={styles.whileDark}>Light</span>
    </Button>
  );
}
