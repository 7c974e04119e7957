// What is dropped anywhere: one picture is captioned at once, anything else is imported. Pages may take drops of their own before.
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useMay } from '../caller.js';
import { filesOfDrop, isPicture } from '../dropped.js';
import { startUpload } from '../uploads.js';
import styles from './DropAnywhere.module.css';
import { tryPicture, useTriedPicture } from './triedPicture.js';

const PicturePreview = lazy(() => import('./PicturePreview.js').then((module) => ({ default: module.PicturePreview })));

export function DropAnywhere() {
  const navigate = useNavigate();
  const may = useMay('ANALYST');
  const [over, setOver] = useState(false);
  const picture = useTriedPicture();
  useEffect(() => {
    if (may !== true) return undefined;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const drag = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      // A page that has a use for it says so.
      setOver(!event.defaultPrevented);
      event.preventDefault();
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (event.defaultPrevented || !carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      void filesOfDrop(event.dataTransfer).then(async (files) => {
        const [first] = files;
        if (files.length === 1 && first && isPicture(first.file)) {
          tryPicture(first.file);
          return;
        }
        startUpload(files);
        await navigate({ to: '/import' });
      });
    };
    const paste = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])].find(isPicture);
      if (!file) return;
      event.preventDefault();
      tryPicture(file);
    };
    addEventListener('dragover', drag);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', drag);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, [may, navigate]);
  return (
    <>
      {over && (
        <div className={styles.over} aria-hidden="true">
          <p>
            <strong>Drop it here</strong>
            <br />
            One picture is captioned at once. Posts as NDJSON or CSV, or a folder of them with pictures, are imported.
          </p>
        </div>
      )}
      {picture && (
        <Suspense>
          <PicturePreview key={picture.key} file={picture.file} close={() => tryPicture(null)} />
        </Suspense>
      )}
    </>
  );
}
