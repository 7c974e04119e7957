// What a hotspot was over time: posts and authors, opinion, and the posts behind a bar.
import { useQuery } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { ActivityChart } from '../../charts/ActivityChart.js';
import { OpinionChart } from '../../charts/OpinionChart.js';
import { decimal, share } from '../../parts/numbers.js';
import pills from '../../parts/Pills.module.css';
import { Problem } from '../../parts/Problem.js';
import { Time } from '../../parts/Time.js';
import { HotspotTimelineDocument, type HotspotTimelineQuery } from '../../queries/documents.js';
import { BARS } from '../../routes.js';
import styles from '../Hotspot.module.css';
import { BarPosts } from './BarPosts.js';
import { hotspotTimelineVariables } from './hotspotTimelineVariables.js';

const route = getRouteApi('/hotspots/$id');
const BAR_NAMES = { 15: '15 min', 60: '1 hour', 360: '6 hours', 1440: '1 day' } as const;

export function Over({ id }: { id: string }) {
  const { bar = 60, at } = route.useSearch();
  const navigate = route.useNavigate();
  const choice = {
    chosen: at,
    onChoose: ({ from }: { readonly from: string }) =>
      void navigate({ search: (view) => ({ ...view, at: from === at ? undefined : from }), resetScroll: false }),
  };
  const { data, previousData, error, refetch } = useQuery(HotspotTimelineDocument, {
    variables: hotspotTimelineVariables(id, { bar }),
    pollInterval: 20_000,
    skipPollAttempt: () => document.hidden,
  });
  // Hundreds of bars: drawn in slices, between which the page answers.
  const hotspot = useDeferredValue((data ?? previousData)?.hotspot);
  return (
    <section aria-labelledby="over" className={styles.panel}>
      <header className={styles.panelHead}>
        <h2 id="over">Over time</h2>
        <nav aria-label="Length of a bar" className={pills.pills}>
          {BARS.map((minutes) => (
            <Link
              key={minutes}
              from="/hotspots/$id"
              to="."
              search={({ bar: _, at: __, ...view }) => ({ ...view, ...(minutes !== 60 && { bar: minutes }) })}
              resetScroll={false}
              activeOptions={{ exact: true }}
              aria-current={minutes === bar ? 'page' : undefined}
            >
              {BAR_NAMES[minutes]}
            </Link>
          ))}
        </nav>
      </header>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!hotspot && !error && <div className={styles.chartsRoom} />}
      {hotspot && (
        <div className={styles.charts}>
          <div>
            <ActivityChart bars={hotspot.timeline} {...choice} />
          </div>
          <div>
            <OpinionChart bars={hotspot.opinion.timeline} turn={hotspot.opinion.turn?.at ?? null} {...choice} />
            <Findings opinion={hotspot.opinion} />
          </div>
        </div>
      )}
      {hotspot?.timeline.length === 0 && <p>It has no posts: they are part of another hotspot, or deleted.</p>}
      {at && <BarPosts id={id} from={at} minutes={bar} onClose={() => choice.onChoose({ from: at })} />}
    </section>
  );
}

function Findings({
  opinion: { turn, camps, agreement },
}: {
  opinion: Pick<NonNullable<HotspotTimelineQuery['hotspot']>['opinion'], 'turn' | 'camps' | 'agreement'>;
}) {
  return (
    <ul className={styles.findings}>
      {turn && (
        <li>
          Opinion turned <Time at={turn.at} />: from {decimal(turn.before)} to {decimal(turn.after)}.
        </li>
      )}
      {camps && (
        <li>
          Two camps: {share(camps.positive)} for, {share(camps.negative)} against, {share(camps.between)} between.
        </li>
      )}
      {agreement && (
        <li className={styles.soft}>
          Agreement with human raters: r = {agreement.pearson.toFixed(3)} [{agreement.low.toFixed(3)},{' '}
          {agreement.high.toFixed(3)}] on {agreement.on}.
        </li>
      )}
    </ul>
  );
}
