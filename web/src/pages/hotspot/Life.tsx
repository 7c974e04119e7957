// The life of a hotspot: what became of it and when, and the hotspots that it came from and went into.

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { LineageChart } from '../../charts/LineageChart.js';
import { nameHotspots } from '../../parts/nameHotspots.js';
import { Time } from '../../parts/Time.js';
import { titleOf } from '../../parts/titleOf.js';
import { Words } from '../../parts/Words.js';
import type { HotspotDetail } from '../Hotspot.js';
import page from '../Hotspot.module.css';
import { wordsOf } from '../now/changeWords.js';
import { Decisions } from './Decisions.js';
import styles from './Life.module.css';
import { lineageOf } from './lineageOf.js';

export function Life({ hotspot }: { hotspot: HotspotDetail }) {
  const { id, earlier, later, mergedInto, splitFrom, parts, branches, related, events } = hotspot;
  const kin: [string, readonly { readonly id: string; readonly title: string }[]][] = [
    ['Its earlier life', earlier ? [earlier] : []],
    ['Its later lives', later],
    ['Came out of', splitFrom ? [splitFrom] : []],
    ['What came out of it', branches],
    ['What became part of it', parts],
    ['Became part of', mergedInto ? [mergedInto] : []],
    ['Shares authors with', related],
  ];
  const others = kin.flatMap(([, hotspots]) => hotspots);
  return (
    <section aria-labelledby="life" className={page.panel}>
      <h2 id="life">Its life</h2>
      <LineageChart {...lineageOf(hotspot)} />
      <div className={styles.life}>
        <ol className={styles.events}>
          {[...events.nodes].reverse().map((event) => (
            <li key={event.id} data-kind={event.kind}>
              <Time at={event.at} />
              <strong>{event.hotspot?.id === id ? wordsOf(event) : seenFromHere(event)}</strong>
              <span>
                <Words>{nameHotspots(event.reason, { self: id, others })}</Words>
              </span>
            </li>
          ))}
        </ol>
        <dl className={styles.kin}>
          {kin
            .filter(([, hotspots]) => hotspots.length > 0)
            .map(([name, hotspots]) => (
              <div key={name}>
                <dt>{name}</dt>
                {hotspots.map((each) => (
                  <dd key={each.id}>
                    <Link to="/hotspots/$id" params={{ id: each.id }} dir="auto">
                      {titleOf(each)}
                    </Link>
                  </dd>
                ))}
              </div>
            ))}
        </dl>
      </div>
      <Decisions hotspot={hotspot} />
    </section>
  );
}

/** An event of another hotspot, in which this one had a part. */
function seenFromHere({ kind, hotspot }: HotspotDetail['events']['nodes'][number]): ReactNode {
  const title = <bdi>{hotspot && titleOf(hotspot)}</bdi>;
  if (kind === 'MERGED') return <>{title} became part of it</>;
  if (kind === 'SPLIT') return <>{title} came out of it</>;
  return <>{title} is its later life</>;
}
