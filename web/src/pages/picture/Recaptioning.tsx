// Captions the picture anew, with other options.
import { useMutation } from '@apollo/client/react';
import type { FormEvent } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import { RecaptionDocument } from '../../queries/documents.js';

export function Recaptioning({ sha256 }: { sha256: string }) {
  const [recaption, { data, error, loading }] = useMutation(RecaptionDocument, { onError: () => undefined });
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const options = { numBeams: Number(form.get('beams')), prompt: String(form.get('prompt')) };
    void recaption({ variables: { sha256, options } });
  };
  return (
    <section aria-labelledby="anew">
      <h2 id="anew">Caption anew</h2>
      <form onSubmit={ask} className={fields.row}>
        <label className={fields.labelled}>
          Begins with
          <input className={fields.field} name="prompt" maxLength={500} placeholder="nothing given" />
        </label>
        <label className={fields.labelled}>
          Beams
          <input className={fields.field} name="beams" type="number" min={1} max={64} defaultValue={5} required />
        </label>
        <Button type="submit" className={buttons.button} isDisabled={loading}>
          Caption
        </Button>
      </form>
      <p role="status">
        {data &&
          (data.recaption.queued > 0
            ? 'It is in line; the caption appears here.'
            : 'This had been done: that caption is shown again.')}
      </p>
      {error && <Problem error={error} />}
    </section>
  );
}
