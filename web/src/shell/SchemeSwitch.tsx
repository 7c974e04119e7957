// Light or dark: as the system has it until somebody chooses.
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { remembered } from '../remembered.js';
import styles from './SchemeSwitch.module.css';

const chosen = remembered<'light' | 'dark'>('scheme');

function systemScheme(): 'light' | 'dark' {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function apply(scheme: 'light' | 'dark'): void {
  document.documentElement.dataset.scheme = scheme;
}

const before = chosen.get();
if (before !== undefined) apply(before);

export function SchemeSwitch() {
  const [scheme, setScheme] = useState(() => before ?? systemScheme());
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Button
      className={styles.button}
      onPress={() => {
        chosen.set(next);
        apply(next);
        setScheme(next);
      }}
    >
      {next === 'dark' ? 'Dark' : 'Light'}
    </Button>
  );
}
