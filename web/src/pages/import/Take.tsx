// Where files are dropped, or chosen by the keyboard as well.
import { useQuery } from '@apollo/client/react';
import { type DragEvent, useState } from 'react';
import { filesOfChoice, filesOfDrop, isPicture } from '../../dropped.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { FileButton } from '../../parts/FileButton.js';
import { bytes } from '../../parts/numbers.js';
import { LimitsDocument } from '../../queries/documents.js';
import { tryPicture } from '../../shell/triedPicture.js';
import { startUpload } from '../../uploads.js';
import styles from './Take.module.css';

export function Take() {
  const [source, setSource] = useState('');
  const [over, setOver] = useState(false);
  const { data } = useQuery(LimitsDocument);
  const give = (files: ReturnType<typeof filesOfChoice>) => {
    const [first] = files;
    if (files.length === 1 && first && isPicture(first.file)) tryPicture(first.file);
    else startUpload(files, source.trim() || undefined);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void filesOfDrop(event.dataTransfer).then(give);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <section
      aria-labelledby="take"
      className={styles.zone}
      data-over={over || undefined}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <h2 id="take">Drop files or a folder here</h2>
      <p>
        Posts as NDJSON or CSV, packed with gzip or not, and the pictures that they name. What breaks off goes on where
        it was. One picture alone is captioned at once, and not kept.
      </p>
      <div className={styles.choose}>
        <FileButton className={buttons.button} multiple onSelect={(files) => give(filesOfChoice(files))}>
          Choose files
        </FileButton>
        <FileButton className={buttons.button} folder onSelect={(files) => give(filesOfChoice(files))}>
          Choose a folder
        </FileButton>
      </div>
      <label className={fields.labelled}>
        Source of rows that name none
        <input
          className={fields.field}
          value={source}
          maxLength={200}
          placeholder="import"
          onChange={(event) => setSource(event.target.value)}
        />
      </label>
      <p className={styles.limits}>
        {data && `Up to ${bytes(data.limits.uploadBytes)} at once, ${bytes(data.limits.pictureBytes)} a picture.`}
      </p>
    </section>
  );
}
