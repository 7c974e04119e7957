// Makes another hotspot part of this one, by a person's word.

import { useMutation, useQuery } from '@apollo/client/react';
import { type FormEvent, useId } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { counted } from '../../parts/numbers.js';
import { Problem } from '../../parts/Problem.js';
import { titleOf } from '../../parts/titleOf.js';
import { HotspotChoicesDocument, HotspotDocument, MergeHotspotsDocument } from '../../queries/documents.js';

const MOST = 100;

export function Merging({ id, onDone }: { id: string; onDone: () => void }) {
  const label = useId();
  const { data, error } = useQuery(HotspotChoicesDocument, {
    variables: { first: MOST },
    fetchPolicy: 'cache-and-network',
  });
  const [merge, merging] = useMutation(MergeHotspotsDocument, {
    onError: () => undefined,
    onCompleted: onDone,
    refetchQueries: [HotspotDocument],
  });
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void merge({ variables: { id, part: String(new FormData(event.currentTarget).get('part')) } });
  };
  const others = data?.hotspots.nodes.filter((hotspot) => hotspot.id !== id);
  const failure = error ?? merging.error;
  return (
    <form className={fields.row} onSubmit={give}>
      <label className={fields.labelled} htmlFor={label}>
        What becomes part of this
        <select id={label} name="part" className={fields.field} required>
          {others?.map((other) => (
            <option key={other.id} value={other.id}>
              {titleOf(other)} ({counted(other.postCount, 'post')}
              {other.state === 'ENDED' && ', ended'})
            </option>
          ))}
        </select>
      </label>
      <Button type="submit" className={buttons.button} isDisabled={merging.loading || !others?.length}>
        Merge
      </Button>
      <Button className={buttons.button} onPress={onDone}>
        Cancel
      </Button>
      {others?.length === 0 && <p>There is no other hotspot.</p>}
      {failure && <Problem error={failure} />}
    </form>
  );
}
