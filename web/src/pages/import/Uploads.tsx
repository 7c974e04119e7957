// What this window sends, or has sent.
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { bytes, counted } from '../../parts/numbers.js';
import { dismissUpload, type Upload, useUploads } from '../../uploads.js';
import styles from './Uploads.module.css';

export function Uploads() {
  const uploads = useUploads();
  if (uploads.length === 0) return null;
  return (
    <section aria-labelledby="uploads">
      <h2 id="uploads">Sent from here</h2>
      <ul className={styles.uploads}>
        {uploads.map((upload) => (
          <li key={upload.key} data-state={upload.state}>
            <div className={styles.head}>
              <p>
                <strong dir="auto">{upload.title}</strong>{' '}
                <span className={styles.soft}>
                  {counted(upload.files, 'file')}, {bytes(upload.totalBytes)}
                </span>
              </p>
              <Button
                className={buttons.button}
                aria-label={`${under(upload) ? 'Give up' : 'Put away'}: ${upload.title}`}
                onPress={() => dismissUpload(upload.key)}
              >
                {under(upload) ? 'Give up' : 'Put away'}
              </Button>
            </div>
            {under(upload) && (
              <progress
                aria-label={`How much of ${upload.title} is sent`}
                value={upload.sentBytes}
                max={Math.max(1, upload.totalBytes)}
              />
            )}
            <div role="status">
              <State upload={upload} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

const under = ({ state }: Upload) => state === 'sending' || state === 'waiting';

function State({ upload: { state, reason, sentBytes, totalBytes, imports } }: { upload: Upload }) {
  if (state === 'sending')
    return (
      <p className={styles.soft}>
        {bytes(sentBytes)} of {bytes(totalBytes)} sent
      </p>
    );
  if (state === 'waiting')
    return (
      <p className={styles.soft}>
        {bytes(sentBytes)} of {bytes(totalBytes)} sent. It goes on by itself: {reason}
      </p>
    );
  if (state === 'failed') return <p className={styles.bad}>Not sent: {reason}</p>;
  return (
    <p>
      Sent. It is read as{' '}
      {imports.map(({ id, origin }, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <Link to="/import/$id" params={{ id }} dir="auto">
            {origin}
          </Link>
        </span>
      ))}
      , also if this page is closed.
    </p>
  );
}
