// Makes a key. Its secret is shown once, here.
import { useApolloClient, useMutation } from '@apollo/client/react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { connection } from '../../connection.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import { CreateApiKeyDocument, type Role } from '../../queries/documents.js';
import { holdPage, signIn } from '../../signIn.js';
import styles from './MakeKey.module.css';
import { ROLES } from './roles.js';

const DAY_MS = 86_400_000;
const DURATIONS = { '30': '30 days', '90': '90 days', '365': 'a year', '': 'until it is revoked' } as const;
const MOST_CHARACTERS = 100;

export function MakeKey({ first, made }: { first: boolean; made: () => void }) {
  const client = useApolloClient();
  const [create, { data, error, loading, reset }] = useMutation(CreateApiKeyDocument, {
    onError: () => undefined,
    refetchQueries: first ? [] : ['Audit'],
  });
  const [problem, setProblem] = useState<unknown>();
  const give = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(undefined);
    const given = new FormData(event.currentTarget);
    const days = Number(given.get('days'));
    const expiresAt = days > 0 ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
    const role = (first ? 'ADMIN' : given.get('role')) as Role;
    const name = String(given.get('name')).trim();
    const make = async () => {
      // What goes wrong is in `error`.
      const result = await create({ variables: { name, role, expiresAt } }).catch(() => undefined);
      return result?.data?.createApiKey.key;
    };
    const release = holdPage();
    const secret = await make();
    // From the first key on this browser needs it as well.
    if (first && secret !== undefined) await signIn(secret).then(connection.again, setProblem);
    release();
    if (secret === undefined) return;
    if (first) {
      await client.refetchQueries({ include: ['Status', 'Audit'] });
    }
    made();
  };
  const created = data?.createApiKey;
  return (
    <section aria-labelledby="make">
      <h2 id="make">Make a key</h2>
      {created ? (
        <Secret secret={created.key} name={created.apiKey.name} done={reset} />
      ) : (
        <form className={styles.form} onSubmit={(event) => void give(event)}>
          <label className={fields.labelled}>
            Name, such as whose it is
            <input className={fields.field} name="name" required maxLength={MOST_CHARACTERS} autoComplete="off" />
          </label>
          <label className={fields.labelled}>
            Role
            <select className={fields.field} name="role" defaultValue={first ? 'ADMIN' : 'ANALYST'} disabled={first}>
              {Object.entries(ROLES).map(([role, { name, may }]) => (
                <option key={role} value={role}>
                  {name}: {may}
                </option>
              ))}
            </select>
          </label>
          <label className={fields.labelled}>
            It holds for
            <select className={fields.field} name="days" defaultValue={first ? '' : '90'}>
              {Object.entries(DURATIONS).map(([days, words]) => (
                <option key={days} value={days}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" className={buttons.button} isDisabled={loading}>
            Make it
          </Button>
        </form>
      )}
      {error && <Problem error={error} />}
      {problem !== undefined && <Problem error={problem} />}
    </section>
  );
}

function Secret({ secret, name, done }: { secret: string; name: string; done: () => void }) {
  const [copied, setCopied] = useState<'yes' | 'no'>();
  const text = useRef<HTMLElement>(null);
  useEffect(() => holdPage(), []);
  const copy = () => {
    // Only pages of https and of this machine may write to the clipboard: elsewhere it is selected, to be copied by hand.
    const written = navigator.clipboard?.writeText(secret) ?? Promise.reject(new Error('no clipboard'));
    written.then(
      () => setCopied('yes'),
      () => {
        if (text.current) getSelection()?.selectAllChildren(text.current);
        setCopied('no');
      },
    );
  };
  return (
    <div className={styles.secret}>
      <p>
        The key <bdi>{name}</bdi>. It is shown now and never again: keep it where passwords are kept.
      </p>
      <code ref={text}>{secret}</code>
      <div className={styles.row}>
        <Button className={buttons.button} onPress={copy}>
          Copy
        </Button>
        <Button className={buttons.button} onPress={done}>
          I have it
        </Button>
        <span role="status">{copied && (copied === 'yes' ? 'Copied' : 'Selected: copy it with your keyboard')}</span>
      </div>
    </div>
  );
}
