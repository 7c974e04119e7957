// What is chosen on the map: how many, of which hotspots, what they look like, and where to go with them.
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { localMoment } from '../../parts/localMoment.js';
import { counted } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import type { MapPoints } from './mapPoints.js';
import styles from './Selection.module.css';
import { Swatch } from './Swatch.js';
import { usePictures } from './usePictures.js';

export interface SelectionProps {
  readonly points: MapPoints;
  readonly chosen: Uint32Array;
  readonly titles: ReadonlyMap<string, string>;
  /** Ids of the one hotspot that is chosen, or the line that was drawn. */
  readonly by: { readonly hotspot: string } | { readonly area: string };
  readonly since: string;
  readonly until: string;
  onClear(): void;
}

const SAMPLES = 12;
const MOST_HOTSPOTS = 8;

export function Selection({ points, chosen, titles, by, since, until, onClear }: SelectionProps) {
  const samples = Array.from(
    { length: Math.min(SAMPLES, chosen.length) },
    (_, i) => points.numbers[chosen[Math.floor((i * chosen.length) / Math.min(SAMPLES, chosen.length))]!]!,
  );
  const pictures = usePictures(samples, 0);
  const tally = tallied(points, chosen);
  const filter = new URLSearchParams({ ...by, since, until });
  return (
    <section aria-labelledby="selection" className={styles.panel}>
      <header className={styles.head}>
        <h2 id="selection" aria-live="polite">
          {counted(chosen.length, 'picture')} chosen
        </h2>
        <Button className={buttons.button} onPress={onClear}>
          Clear
        </Button>
      </header>
      {chosen.length > 0 && (
        <>
          <ul className={styles.tally} aria-label="Hotspots of what is chosen">
            {tally.slice(0, MOST_HOTSPOTS).map(([place, count]) => {
              const id = points.hotspots[place - 1];
              return (
                <li key={place}>
                  <Swatch place={place} />{' '}
                  {id === undefined ? (
                    'of no hotspot'
                  ) : (
                    <Link to="/hotspots/$id" params={{ id }} dir="auto">
                      {titles.get(id) ?? 'a hotspot'}
                    </Link>
                  )}{' '}
                  <small>{counted(count, 'picture')}</small>
                </li>
              );
            })}
          </ul>
          <ul className={styles.samples} aria-label="Some of them">
            {samples.map((number) => {
              const picture = pictures.get(number);
              return (
                <li key={number}>
                  {picture && (
                    <Link to="/pictures/$sha256" params={{ sha256: picture.sha256 }}>
                      <Picture picture={picture} sizes="5rem" />
                    </Link>
                  )}
                </li>
              );
            })}
          </ul>
          <p className={styles.ways}>
            {'area' in by ? (
              <Link to="/search" search={{ area: by.area, since: localMoment(since), until: localMoment(until) }}>
                Open as search
              </Link>
            ) : (
              <Link to="/hotspots/$id" params={{ id: by.hotspot }}>
                Open the hotspot
              </Link>
            )}
            <a href={`/export/posts.csv?${filter}`} download>
              CSV
            </a>
            <a href={`/export/posts.ndjson?${filter}`} download>
              NDJSON
            </a>
          </p>
          <p className={styles.soft}>Search and exports give the posts that show these pictures.</p>
        </>
      )}
    </section>
  );
}

/** Hotspots with how many are of them, the most first. */
function tallied({ hotspotOf }: MapPoints, chosen: Uint32Array): [number, number][] {
  const counts = new Map<number, number>();
  for (const i of chosen) counts.set(hotspotOf[i]!, (counts.get(hotspotOf[i]!) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
