// Lets those in who have a key, and back to where they were.
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import fields from '../parts/Field.module.css';
import { SchemeSwitch } from '../shell/SchemeSwitch.js';
import { isSignedIn, pageToReturnTo, signIn } from '../signIn.js';
import styles from './SignIn.module.css';

const route = getRouteApi('/signin');

export function SignIn() {
  const { to } = route.useSearch();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  // A page of its own to the server: what is there is asked for anew, by whoever it is now.
  const [leave] = useState(() => () => location.replace(pageToReturnTo(to)));
  useEffect(() => {
    // A link on another site is followed without the cookie; this page may ask with it. And without keys everybody here is let in.
    void isSignedIn().then((known) => known && leave());
  }, [leave]);
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    signIn(String(new FormData(event.currentTarget).get('key')).trim())
      .then(leave)
      .catch((error: Error) => {
        setBusy(false);
        setProblem(error.message);
      });
  };
  return (
    <div className={styles.around}>
      <header>
        <span className={styles.brand}>Hotlens</span>
        <SchemeSwitch />
      </header>
      <main className={styles.main}>
        <title>Sign in · Hotlens</title>
        <h1>Sign in</h1>
        <p className={styles.soft}>
          What the pictures on social media are saying. This server answers those who have a key.
        </p>
        <form onSubmit={give} className={styles.form}>
          <label className={fields.labelled}>
            Key
            {/* biome-ignore-start lint/a11y/noAutofocus: the page has nothing else */}
            <input
              className={fields.field}
              name="key"
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              required
              autoFocus
              placeholder="hotlens_"
              aria-describedby={problem && 'problem'}
              aria-invalid={problem !== undefined}
            />
            {/* biome-ignore-end lint/a11y/noAutofocus: the page has nothing else */}
          </label>
          <Button type="submit" className={buttons.button} isDisabled={busy}>
            {busy ? 'Asking the server' : 'Sign in'}
          </Button>
          <p id="problem" role="alert" className={styles.problem}>
            {problem}
          </p>
        </form>
        <p className={styles.soft}>
          Whoever runs it makes one, on the page Keys or with <code>hotlens keys create</code>. You stay signed in for
          12 hours, in this browser alone.
        </p>
      </main>
    </div>
  );
}
