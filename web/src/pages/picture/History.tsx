// All that models said of a picture, or tried to say.
import { share } from '../../parts/numbers.js';
import table from '../../parts/Table.module.css';
import { Time } from '../../parts/Time.js';
import type { PictureDetail } from '../Picture.js';
import styles from './History.module.css';

export function History({ image: { captions } }: { image: PictureDetail }) {
  if (captions.length === 0) return null;
  return (
    <section aria-labelledby="history" className={styles.history}>
      <h2 id="history">What models said of it</h2>
      <div className={table.scroll}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Words</th>
              <th scope="col">Sure</th>
              <th scope="col">Options</th>
              <th scope="col">Model</th>
              <th scope="col">ECMA</th>
            </tr>
          </thead>
          <tbody>
            {captions.map((caption) => (
              <tr key={caption.id}>
                <td>
                  <Time at={caption.completedAt ?? caption.createdAt} />
                </td>
                <td dir="auto">{caption.modelText ?? caption.error ?? 'in line'}</td>
                <td>{caption.confidence === null ? '' : share(caption.confidence)}</td>
                <td>
                  <code>{JSON.stringify(caption.options)}</code>
                </td>
                <td>
                  <code title={caption.modelDigest}>{caption.modelDigest.slice(0, 8)}</code>
                </td>
                <td>
                  <code title={caption.adapterDigest}>{caption.adapterDigest.slice(0, 8) || 'none'}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
