// The keys, and the way to revoke one.
import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useNow } from '../../clock.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Problem } from '../../parts/Problem.js';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import { Time } from '../../parts/Time.js';
import { type ApiKeyLineFragment, RevokeApiKeyDocument } from '../../queries/documents.js';
import styles from './KeyTable.module.css';
import { ROLES } from './roles.js';

export function KeyTable({ keys }: { keys: readonly ApiKeyLineFragment[] }) {
  const [revoke, { error }] = useMutation(RevokeApiKeyDocument, {
    onError: () => undefined,
    refetchQueries: ['Audit'],
  });
  const [asked, setAsked] = useState<string>();
  useNow();
  if (keys.length === 0) return null;
  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      {error && <Problem error={error} />}
      <ScrollingTable
        label="Keys, as a table"
        className={styles.keys}
        columns={['Name', 'Role', 'Begins with', 'Made', 'Last used', 'Holds until', 'Revoke']}
      >
        {keys.map((key) => (
          <tr key={key.id} className={isOver(key) ? styles.over : undefined}>
            <th scope="row">
              <bdi>{key.name}</bdi>
            </th>
            <td>{ROLES[key.role].name}</td>
            <td className={styles.prefix}>hotlens_{key.prefix}</td>
            <td>
              <Time at={key.createdAt} />
            </td>
            <td>{key.lastUsedAt ? <Time at={key.lastUsedAt} ago /> : 'never'}</td>
            <td>{key.expiresAt ? <Time at={key.expiresAt} /> : 'it is revoked'}</td>
            <td>
              {key.revokedAt ? (
                <>
                  revoked <Time at={key.revokedAt} ago />
                </>
              ) : asked === key.id ? (
                <fieldset className={styles.question}>
                  <legend>
                    Revoke <bdi>{key.name}</bdi> for good? Whoever has it is out at once.
                  </legend>
                  {/* biome-ignore-start lint/a11y/noAutofocus: the question was just asked for */}
                  <Button
                    autoFocus
                    className={buttons.button}
                    onPress={() => {
                      setAsked(undefined);
                      void revoke({ variables: { id: key.id } });
                    }}
                  >
                    Revoke it
                  </Button>
                  {/* biome-ignore-end lint/a11y/noAutofocus: the question was just asked for */}
                  <Button className={buttons.button} onPress={() => setAsked(undefined)}>
                    Keep it
                  </Button>
                </fieldset>
              ) : (
                <Button className={buttons.button} aria-label={`Revoke ${key.name}`} onPress={() => setAsked(key.id)}>
                  Revoke
                </Button>
              )}
            </td>
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}

function isOver({ revokedAt, expiresAt }: ApiKeyLineFragment): boolean {
  return revokedAt !== null || (expiresAt !== null && Date.parse(expiresAt) < Date.now());
}
