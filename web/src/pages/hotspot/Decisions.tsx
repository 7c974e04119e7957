// What people have decided about a hotspot, beside what was found; each can be taken back.

import { useMutation } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Problem } from '../../parts/Problem.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import { HotspotDocument, UndoDecisionDocument } from '../../queries/documents.js';
import type { HotspotDetail } from '../Hotspot.js';
import styles from './Decisions.module.css';

export function Decisions({ hotspot: { decisions } }: { hotspot: HotspotDetail }) {
  const may = useMay('ANALYST');
  const [undo, { error, loading }] = useMutation(UndoDecisionDocument, {
    onError: () => undefined,
    refetchQueries: [HotspotDocument],
  });
  if (decisions.length === 0) return null;
  return (
    <section aria-labelledby="decisions">
      <h3 id="decisions">By hand</h3>
      <ul className={styles.decisions}>
        {decisions.map(({ id, kind, createdAt, doneAt, undone, hotspot, other }) => (
          <li key={id}>
            <span>
              <Title of={other} /> {kind === 'MERGE' ? 'was made part of' : 'was taken out of'} <Title of={hotspot} />{' '}
              <small>
                <Time at={createdAt} />
                {doneAt === null && ', not carried out yet'}
                {undone && ', taken back'}
              </small>
            </span>
            {may && !undone && doneAt !== null && (
              <Button className={buttons.button} isDisabled={loading} onPress={() => void undo({ variables: { id } })}>
                Take back
              </Button>
            )}
          </li>
        ))}
      </ul>
      {error && <Problem error={error} />}
    </section>
  );
}

function Title({ of }: { of: { readonly id: string; readonly title: string } | null }) {
  if (of === null) return <>a hotspot that is gone</>;
  return (
    <Link to="/hotspots/$id" params={{ id: of.id }} dir="auto">
      {titleOf(of)}
    </Link>
  );
}
