// One hotspot: what it is and why, its life, what people think, and everything that it rests on.
import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ActivityChart } from '../charts/ActivityChart.js';
import { OpinionChart } from '../charts/OpinionChart.js';
import { Note } from '../parts/Note.js';
import { counted, decimal, share } from '../parts/numbers.js';
import { OpinionStrip } from '../parts/OpinionStrip.js';
import pills from '../parts/Pills.module.css';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { Words } from '../parts/Words.js';
import {
  HotspotChangedDocument,
  HotspotDocument,
  type HotspotQuery,
  HotspotTimelineDocument,
  type HotspotTimelineQuery,
} from '../queries/documents.js';
import { BARS } from '../routes.js';
import { soon } from '../soon.js';
import styles from './Hotspot.module.css';
import { Actions } from './hotspot/Actions.js';
import { BarPosts } from './hotspot/BarPosts.js';
import { Evidence } from './hotspot/Evidence.js';
import { Life } from './hotspot/Life.js';
import { Wall } from './hotspot/Wall.js';

const route = getRouteApi('/hotspots/$id');
const BAR_NAMES = { 15: '15 min', 60: '1 hour', 360: '6 hours', 1440: '1 day' } as const;
const MOST_BARS = 336;

export type HotspotDetail = NonNullable<HotspotQuery['hotspot']>;

export function Hotspot() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(HotspotDocument, { variables: { id } });
  useSubscription(HotspotChangedDocument, {
    variables: { hotspotId: id },
    onData: soon(() => void refetch()),
    ignoreResults: true,
  });
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <p role="status">Asking for the hotspot</p>;
  const { hotspot } = data;
  if (hotspot === null)
    return (
      <Note title="There is no such hotspot">
        It may have gone with its posts. <Link to="/">What happens now</Link>
      </Note>
    );
  return (
    <article className={styles.page}>
      <title>{`${hotspot.title} · Hotlens`}</title>
      <Head hotspot={hotspot} />
      <Over id={id} />
      <Life hotspot={hotspot} />
      <Wall id={id} living={hotspot.state === 'LIVING'} />
      <Evidence id={id} title={hotspot.title} />
    </article>
  );
}

const STATES = { LIVING: 'alive', ENDED: 'ended', MERGED: 'became part of another' } as const;

function Head({ hotspot }: { hotspot: HotspotDetail }) {
  const { title, foundTitle, state, why, keywords, captions, news, opinion } = hotspot;
  return (
    <header className={styles.head}>
      <div>
        <h1 dir="auto">{title}</h1>
        {title !== foundTitle && (
          <p className={styles.soft}>
            found as <bdi>{foundTitle}</bdi>
          </p>
        )}
        <p className={styles.soft}>
          {STATES[state]}, {counted(hotspot.postCount, 'post')} by {counted(hotspot.authorCount, 'author')}, since{' '}
          <Time at={hotspot.firstPostAt ?? hotspot.emergedAt} />
          {hotspot.lastPostAt && (
            <>
              , the last one <Time at={hotspot.lastPostAt} />
            </>
          )}
        </p>
        <Actions hotspot={hotspot} />
      </div>
      <section aria-labelledby="why">
        <h2 id="why">Why</h2>
        <ul className={styles.words}>
          {why.words.map((words) => (
            <li key={words}>
              <Words>{words}</Words>
            </li>
          ))}
        </ul>
        <OpinionStrip counts={opinion.whole} />
      </section>
      <section aria-labelledby="what">
        <h2 id="what">What is told and shown</h2>
        <ul className={styles.keywords}>
          {keywords.map((keyword) => (
            <li key={keyword} dir="auto">
              {keyword}
            </li>
          ))}
        </ul>
        <ul className={styles.words}>
          {captions.slice(0, 4).map(({ text, posts }) => (
            <li key={text}>
              <bdi>{text}</bdi> <span className={styles.soft}>{counted(posts, 'post')}</span>
            </li>
          ))}
        </ul>
        {news.length > 0 && (
          <p>
            New in the last hour:{' '}
            {news.map(({ text, now, before }, i) => (
              <span key={text}>
                {i > 0 && ', '}
                <bdi>{text}</bdi> ({now}, before {before})
              </span>
            ))}
          </p>
        )}
      </section>
    </header>
  );
}

/** The charts over time. */
function Over({ id }: { id: string }) {
  const { bar = 60, at } = route.useSearch();
  const navigate = route.useNavigate();
  const choice = {
    chosen: at,
    onChoose: ({ from }: { readonly from: string }) =>
      void navigate({ search: (view) => ({ ...view, at: from === at ? undefined : from }), resetScroll: false }),
  };
  const { data, previousData, error, refetch } = useQuery(HotspotTimelineDocument, {
    variables: { id, minutes: bar, last: MOST_BARS },
    pollInterval: 20_000,
    skipPollAttempt: () => document.hidden,
  });
  const hotspot = (data ?? previousData)?.hotspot;
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
