// All that models said of a picture, or tried to say.
import { Link } from '@tanstack/react-router';
import { share } from '../../parts/numbers.js';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import table from '../../parts/Table.module.css';
import { Time } from '../../parts/Time.js';
import type { PictureDetail } from '../Picture.js';
import styles from './History.module.css';
import { type CaptionDetail, Digest, Options } from './MadeWith.js';

export function History({
  image: { captions },
  explained,
}: {
  image: PictureDetail;
  explained: CaptionDetail | undefined;
}) {
  if (captions.length === 0) return null;
  return (
    <section aria-labelledby="history" className={styles.history}>
      <h2 id="history">What models said of it</h2>
      <ScrollingTable
        label="What models said of it, as a table"
        columns={['When', 'Words', 'Sure', 'Options', 'Model', 'ECMA']}
      >
        {captions.map((caption) => (
          <tr key={caption.id}>
            <td>
              <Time at={caption.completedAt ?? caption.createdAt} />
            </td>
            <td className={table.text} dir="auto">
              {caption.status === 'COMPLETED' ? (
                <Link
                  from="/pictures/$sha256"
                  to="."
                  search={{ caption: caption.id }}
                  aria-current={caption === explained ? 'true' : undefined}
                >
                  {caption.modelText || 'nothing'}
                </Link>
              ) : (
                (caption.error ?? 'in line')
              )}
            </td>
            <td>{caption.confidence === null ? '' : share(caption.confidence)}</td>
            <td>
              <Options caption={caption} />
            </td>
            <td>
              <Digest value={caption.modelDigest} />
            </td>
            <td>
              <Digest value={caption.adapterDigest} />
            </td>
          </tr>
        ))}
      </ScrollingTable>
    </section>
  );
}
