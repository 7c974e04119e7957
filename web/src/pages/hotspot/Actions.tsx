// What a person decides about a hotspot. It is kept apart from what is found, and can be taken back.
import { useMutation } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { useMay } from '../../caller.js';
import { Button, ToggleButton } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Problem } from '../../parts/Problem.js';
import { MuteHotspotDocument, PinHotspotDocument, RenameHotspotDocument } from '../../queries/documents.js';
import { useWatched, watched } from '../../watched.js';
import type { HotspotDetail } from '../Hotspot.js';
import styles from './Actions.module.css';
import { Merging } from './Merging.js';

export function Actions({ hotspot: { id, state, title, foundTitle, pinned, muted } }: { hotspot: HotspotDetail }) {
  const [naming, setNaming] = useState(false);
  const [merging, setMerging] = useState(false);
  const may = useMay('ANALYST');
  const watching = useWatched().includes(id);
  const [rename, renaming] = useMutation(RenameHotspotDocument, { onError: () => undefined });
  const [pin, pinning] = useMutation(PinHotspotDocument, { onError: () => undefined });
  const [mute, muting] = useMutation(MuteHotspotDocument, { onError: () => undefined });
  const error = renaming.error ?? pinning.error ?? muting.error;
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    setNaming(false);
    void rename({ variables: { id, name: name === '' || name === foundTitle ? null : name } });
  };
  const watch = (on: boolean) => {
    watched.set(id, on);
    // Asked when it is wanted; refused, the page tells alone.
    if (on && 'Notification' in globalThis && Notification.permission === 'default')
      void Notification.requestPermission();
  };
  return (
    <div className={styles.actions}>
      {naming ? (
        <form className={styles.naming} onSubmit={give}>
          {/* biome-ignore lint/a11y/noAutofocus: it has just been asked for */}
          <input name="name" defaultValue={title} maxLength={200} aria-label="Name" autoFocus dir="auto" />
          <Button type="submit" className={buttons.button}>
            Save
          </Button>
          <Button className={buttons.button} onPress={() => setNaming(false)}>
            Cancel
          </Button>
        </form>
      ) : (
        <>
          {may && (
            <Button className={buttons.button} onPress={() => setNaming(true)}>
              Rename
            </Button>
          )}
          {may && title !== foundTitle && (
            <Button className={buttons.button} onPress={() => void rename({ variables: { id, name: null } })}>
              Take the name back
            </Button>
          )}
          {may && (
            <>
              <ToggleButton
                className={buttons.button}
                isSelected={pinned}
                onChange={(on) => void pin({ variables: { id, pinned: on } })}
              >
                {pinned ? 'Pinned' : 'Pin'}
              </ToggleButton>
              <ToggleButton
                className={buttons.button}
                isSelected={muted}
                onChange={(on) => void mute({ variables: { id, muted: on } })}
              >
                {muted ? 'Muted' : 'Mute'}
              </ToggleButton>
            </>
          )}
          <ToggleButton className={buttons.button} isSelected={watching} onChange={watch}>
            {watching ? 'Watched' : 'Watch'}
          </ToggleButton>
          {may && state !== 'MERGED' && (
            <Button className={buttons.button} onPress={() => setMerging(!merging)} aria-expanded={merging}>
              Merge another into it
            </Button>
          )}
        </>
      )}
      {merging && <Merging id={id} onDone={() => setMerging(false)} />}
      {error && <Problem error={error} />}
    </div>
  );
}
