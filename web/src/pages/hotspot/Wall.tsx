// All pictures of a hotspot, with how often each was posted there: newest or most posted first, as the viewer wants.
import { useQuery } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { counted } from '../../parts/numbers.js';
import pills from '../../parts/Pills.module.css';
import { Problem } from '../../parts/Problem.js';
import { HotspotPictureCountDocument } from '../../queries/documents.js';
import page from '../Hotspot.module.css';
import { PictureGrid } from './PictureGrid.js';
import { useWall } from './useWall.js';
import styles from './Wall.module.css';

const route = getRouteApi('/hotspots/$id');
const POLL_MS = 20_000;
const ORDERS = [
  ['Newest', undefined, 'NEWEST'],
  ['Most posted', 'reposted', 'MOST_POSTED'],
] as const;

export function Wall({ id, living }: { id: string; living: boolean }) {
  const { pictures, place = 0, asOf } = route.useSearch();
  const navigate = route.useNavigate();
  const orderBy = ORDERS.find(([, name]) => name === pictures)?.[2] ?? 'NEWEST';
  const wall = useWall({ id, orderBy, asOf, place });
  const { total } = wall;
  const now = useQuery(HotspotPictureCountDocument, {
    variables: { id },
    pollInterval: living ? POLL_MS : 0,
    skip: total === undefined,
    skipPollAttempt: () => document.hidden,
  }).data?.hotspot?.pictures.totalCount;
  if (total === 0 && !now) return null;
  const since = total === undefined || now === undefined ? 0 : Math.max(0, now - total);
  const anew = () => {
    void navigate({
      search: ({ place: _, asOf: __, ...view }) => view,
      replace: true,
      resetScroll: false,
    });
    wall.renew();
  };
  return (
    <section aria-labelledby="wall" className={page.panel}>
      <header className={page.panelHead}>
        <h2 id="wall">Its {total === undefined ? 'pictures' : counted(total, 'picture')}</h2>
        <nav aria-label="Order of the pictures" className={pills.pills}>
          {ORDERS.map(([name, value]) => (
            <Link
              key={name}
              from="/hotspots/$id"
              to="."
              search={({ pictures: _, place: __, asOf: ___, ...view }) => ({
                ...view,
                ...(value !== undefined && { pictures: value }),
              })}
              resetScroll={false}
              activeOptions={{ exact: true }}
              aria-current={value === pictures ? 'page' : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
      </header>
      {since > 0 && (
        <p role="status" className={styles.since}>
          {counted(since, 'picture')} came since.{' '}
          <Button className={buttons.button} onPress={anew}>
            Show them
          </Button>
        </p>
      )}
      {wall.error !== undefined && <Problem error={wall.error} again={wall.again} />}
      {total !== undefined && total > 0 && (
        <PictureGrid
          key={`${orderBy} ${wall.asOf}`}
          wall={wall}
          total={total}
          place={Math.min(place, total - 1)}
          onPlace={(first) =>
            void navigate({
              search: ({ place: _, asOf: __, ...view }) => ({
                ...view,
                ...(first > 0 && { place: first, ...(wall.asOf !== undefined && { asOf: wall.asOf }) }),
              }),
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
      {total === undefined && wall.error === undefined && (
        <div className={styles.asking} role="status">
          <span className="hidden">Asking for the pictures</span>
        </div>
      )}
    </section>
  );
}
