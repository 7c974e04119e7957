// Pictures that look alike, as detection takes them for one.
import { Link } from '@tanstack/react-router';
import { counted } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import type { PictureDetail } from '../Picture.js';
import styles from './Copies.module.css';

export function Copies({ image: { nearDuplicates } }: { image: PictureDetail }) {
  return (
    <section aria-labelledby="copies" className={styles.section}>
      <h2 id="copies">Pictures that look alike</h2>
      {nearDuplicates.length === 0 ? (
        <p className={styles.soft}>No other picture here is much the same as this one.</p>
      ) : (
        <ul className={styles.strip}>
          {nearDuplicates.map(({ differingBits, image }) => (
            <li key={image.sha256}>
              <Link to="/pictures/$sha256" params={{ sha256: image.sha256 }}>
                <Picture picture={image} sizes="9rem" />
              </Link>
              <small>
                {counted(image.postCount, 'post')},{' '}
                {differingBits === 0 ? 'the same to the eye' : `${differingBits} of 64 bits differ`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
