// A person's words in place of the model's. They stay when the picture is captioned anew, and can be taken back.
import { useMutation } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import { EditCaptionDocument } from '../../queries/documents.js';
import type { PictureDetail } from '../Picture.js';

export function Editing({ image: { sha256, caption } }: { image: PictureDetail }) {
  const [open, setOpen] = useState(false);
  const [edit, { error }] = useMutation(EditCaptionDocument, { onError: () => undefined });
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text')).trim();
    setOpen(false);
    void edit({ variables: { sha256, text: text === '' ? null : text } });
  };
  return (
    <>
      {open ? (
        <form onSubmit={save}>
          <textarea
            className={fields.field}
            name="text"
            aria-label="Caption"
            defaultValue={caption?.text ?? ''}
            maxLength={2000}
            rows={3}
            dir="auto"
            // biome-ignore lint/a11y/noAutofocus: it has just been asked for
            autoFocus
          />
          <div className={fields.row}>
            <Button type="submit" className={buttons.button}>
              Save
            </Button>
            <Button className={buttons.button} onPress={() => setOpen(false)}>
              Cancel
            </Button>
          </div>
        </form>
      ) : (
        <div className={fields.row}>
          <Button className={buttons.button} onPress={() => setOpen(true)}>
            Edit
          </Button>
          {caption?.edited && (
            <Button className={buttons.button} onPress={() => void edit({ variables: { sha256, text: null } })}>
              Take the edit back
            </Button>
          )}
        </div>
      )}
      {error && <Problem error={error} />}
    </>
  );
}
