// Makes a destination. Its secret, where it has one, is shown once.
import { useMutation } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import { CreateDestinationDocument, type DestinationKind, type DestinationSettings } from '../../queries/documents.js';
import styles from './Form.module.css';
import { Secret } from './Secret.js';
import { KINDS } from './words.js';

const ASKED: Readonly<Record<Exclude<DestinationKind, 'FEED'>, string>> = {
  FOLDER: 'Folder, below the one that the server has for it',
  EMAIL: 'Addresses, with commas between',
  WEBHOOK: 'Address, https://',
  SLACK: 'Address of the incoming webhook, https://',
};

export function MakeDestination({ made }: { made: () => void }) {
  const [kind, setKind] = useState<DestinationKind>('EMAIL');
  const [create, { data, error, loading, reset }] = useMutation(CreateDestinationDocument, {
    onError: () => undefined,
    onCompleted: made,
  });
  const make = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const where = String(given.get('where') ?? '').trim();
    const settings = kind === 'FEED' ? null : settingsOf(kind, where);
    void create({ variables: { name: String(given.get('name')).trim(), kind, settings } }).then((result) => {
      if (result.data) form.reset();
    });
  };
  const secret = data?.createDestination.secret;
  return (
    <form className={styles.form} aria-labelledby="make-destination" onSubmit={make}>
      <h3 id="make-destination">Make a destination</h3>
      <div className={styles.fields}>
        <label className={fields.labelled}>
          Name
          <input className={fields.field} name="name" required maxLength={100} autoComplete="off" />
        </label>
        <label className={fields.labelled}>
          Kind
          <select
            className={fields.field}
            value={kind}
            onChange={(event) => setKind(event.target.value as DestinationKind)}
          >
            {Object.entries(KINDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {kind !== 'FEED' && (
          <label className={fields.labelled}>
            {ASKED[kind]}
            <input className={fields.field} name="where" required autoComplete="off" dir="ltr" />
          </label>
        )}
      </div>
      <Button type="submit" className={buttons.button} isDisabled={loading}>
        Make it
      </Button>
      {error && <Problem error={error} />}
      {data && secret != null && <Secret kind={data.createDestination.destination.kind} secret={secret} done={reset} />}
    </form>
  );
}

function settingsOf(kind: Exclude<DestinationKind, 'FEED'>, where: string): DestinationSettings {
  if (kind === 'FOLDER') return { path: where };
  if (kind !== 'EMAIL') return { url: where };
  return {
    to: where.split(/[\s,;]+/).filter((address) => address !== ''),
  };
}
