// The pictures of a hotspot, the most typical first, with how often each was posted.
import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { counted } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import { Problem } from '../../parts/Problem.js';
import { HotspotPicturesDocument } from '../../queries/documents.js';
import page from '../Hotspot.module.css';
import styles from './Wall.module.css';

const MOST = 48;

export function Wall({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(HotspotPicturesDocument, { variables: { id, first: MOST } });
  if (error) return <Problem error={error} again={() => void refetch()} />;
  const pictures = data?.hotspot?.images ?? [];
  if (data && pictures.length === 0) return null;
  return (
    <section aria-labelledby="wall" className={page.panel}>
      <h2 id="wall">Its pictures</h2>
      <ul className={styles.wall}>
        {pictures.map((picture) => (
          <li key={picture.sha256}>
            <figure>
              <Link to="/pictures/$sha256" params={{ sha256: picture.sha256 }}>
                <Picture picture={picture} sizes="9rem" />
              </Link>
              <figcaption>
                <span dir="auto">{picture.caption?.text}</span>
                {picture.posts.length > 1 && <small>{counted(picture.posts.length, 'post')}</small>}
              </figcaption>
            </figure>
          </li>
        ))}
      </ul>
    </section>
  );
}
