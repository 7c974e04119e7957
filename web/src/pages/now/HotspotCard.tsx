// A hotspot in a list: what it is, why it is there, and what it rests on.
import { Link } from '@tanstack/react-router';
import { Sparkline } from '../../charts/Sparkline.js';
import { counted } from '../../parts/numbers.js';
import { OpinionStrip } from '../../parts/OpinionStrip.js';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import { Words } from '../../parts/Words.js';
import type { HotspotCardFragment } from '../../queries/documents.js';
import styles from './HotspotCard.module.css';

const STATES = { LIVING: 'alive', ENDED: 'ended', MERGED: 'merged' } as const;

export function HotspotCard({ hotspot, eager = false }: { hotspot: HotspotCardFragment; eager?: boolean }) {
  const { id, title, state, rank, pinned, why, images, opinion, timeline } = hotspot;
  return (
    <article className={styles.card}>
      <header>
        {rank !== null && <span className={styles.rank}>{rank + 1}</span>}
        <h2>
          <Link to="/hotspots/$id" params={{ id }} dir="auto">
            {title}
          </Link>
        </h2>
        {pinned && <span className={styles.mark}>pinned</span>}
        {state !== 'LIVING' && <span className={styles.mark}>{STATES[state]}</span>}
      </header>
      {images.length > 0 && (
        <div className={styles.pictures}>
          {images.map((picture) => (
            <Picture key={picture.sha256} picture={picture} sizes="(max-width: 40rem) 21vw, 8rem" eager={eager} />
          ))}
        </div>
      )}
      <p className={styles.why}>
        <Words>{why.words[0] ?? counted(hotspot.authorCount, 'author')}</Words>
      </p>
      <Sparkline
        bars={timeline}
        label={`Authors an hour, the last ${timeline.length} hours: at most ${Math.max(0, ...timeline.map((bar) => bar.authors))}`}
      />
      <OpinionStrip counts={opinion.whole} />
      <footer>
        <span>
          {counted(hotspot.postCount, 'post')} by {counted(hotspot.authorCount, 'author')}
        </span>
        <span>
          since <Time at={hotspot.firstPostAt ?? hotspot.emergedAt} ago />
        </span>
      </footer>
    </article>
  );
}
