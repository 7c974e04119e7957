// What the model says of somebody's own picture. Nothing of it is kept.
import { useMutation, useQuery } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { bytes, count, decimal, share } from '../parts/numbers.js';
import { CaptionerDocument, PreviewCaptionDocument } from '../queries/documents.js';
import styles from './PicturePreview.module.css';

export function PicturePreview({ file, close }: { file: File; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [source, setSource] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [seconds, setSeconds] = useState<number>();
  const { data: known } = useQuery(CaptionerDocument);
  const [preview, { data, error }] = useMutation(PreviewCaptionDocument, { onError: () => undefined });
  const most = known?.limits.pictureBytes;
  const pixels = known?.limits.picturePixels;

  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);

  useEffect(() => {
    if (most === undefined) return undefined;
    if (file.size > most) {
      setProblem(`It has ${bytes(file.size)}, and a picture may have ${bytes(most)}.`);
      return undefined;
    }
    let current = true;
    const reader = new FileReader();
    reader.onerror = () => setProblem('The file cannot be read.');
    reader.onload = () => {
      if (!current) return;
      const address = String(reader.result);
      setSource(address);
      const begin = performance.now();
      const told = () => {
        if (current) setSeconds((performance.now() - begin) / 1000);
      };
      // What goes wrong is in `error`.
      preview({ variables: { base64: address.replace(/^data:[^,]*,/, '') } }).then(told, () => undefined);
    };
    reader.readAsDataURL(file);
    return () => {
      current = false;
    };
  }, [file, most, preview]);

  const told = data?.previewCaption;
  const wrong = problem ?? error?.message;
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="preview" onClose={close}>
      <header>
        <h2 id="preview">Your picture</h2>
        <Button className={buttons.button} onPress={() => dialog.current?.close()}>
          Close
        </Button>
      </header>
      {source && <img src={source} alt={told?.text ?? 'what you have given'} />}
      <div role="status" className={styles.told}>
        {told && (
          <>
            <p className={styles.caption} dir="auto">
              {told.text}
            </p>
            <p>
              The model is {share(told.confidence)} sure of a word, on average
              {seconds !== undefined && `, and took ${decimal(seconds)} s`}.
            </p>
          </>
        )}
        {!told && !wrong && <p>Captioning</p>}
      </div>
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
      <div className={styles.soft}>
        {known?.model.captioner.name === 'blip2-scenes' && (
          <p>
            The model that ships with Hotlens was trained on drawn scenes only: of a photograph it says what it is
            reminded of, and may be quite sure of it.
          </p>
        )}
        <p>
          Nothing of it is kept.
          {most !== undefined &&
            pixels !== undefined &&
            ` JPEG, PNG, WebP, GIF, TIFF and AVIF of up to ${bytes(most)} and ${count(pixels / 1e6)} megapixels are read.`}
        </p>
      </div>
    </dialog>
  );
}
