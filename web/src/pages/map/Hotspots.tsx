// The hotspots on the map as a table: what the map says, for who does not see it, and the legend for who does.
import { Link } from '@tanstack/react-router';
import { count } from '../../parts/numbers.js';
import table from '../../parts/Table.module.css';
import type { MapView } from '../../routes.js';
import styles from './Hotspots.module.css';
import type { Label } from './placeLabels.js';
import { Swatch } from './Swatch.js';

export interface HotspotsProps {
  readonly labels: readonly (Label & { readonly id: string })[];
  readonly others: number;
  readonly chosen: string | undefined;
  readonly view: MapView;
}

export function Hotspots({ labels, others, chosen, view }: HotspotsProps) {
  const { area: _, ...rest } = view;
  return (
    <section aria-labelledby="on-the-map" className={styles.panel}>
      <h2 id="on-the-map">Hotspots on the map</h2>
      <table className={table.table}>
        <caption className="hidden">Hotspots on the map; each can be chosen on it</caption>
        <thead>
          <tr>
            <th scope="col">Hotspot</th>
            <th scope="col">Pictures</th>
          </tr>
        </thead>
        <tbody>
          {[...labels]
            .sort((a, b) => b.pictures - a.pictures)
            .map(({ id, title, place, pictures }) => (
              <tr key={id} data-chosen={id === chosen || undefined}>
                <td>
                  <Swatch place={place} />{' '}
                  <Link
                    to="/map"
                    search={id === chosen ? { ...rest, hotspot: undefined } : { ...rest, hotspot: id }}
                    aria-current={id === chosen || undefined}
                    replace
                    dir="auto"
                  >
                    {title}
                  </Link>
                </td>
                <td>{count(pictures)}</td>
              </tr>
            ))}
          <tr>
            <td>
              <Swatch place={0} /> of no hotspot
            </td>
            <td>{count(others)}</td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}
