// What a report would say now.
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { count, counted } from '../../parts/numbers.js';
import { Problem } from '../../parts/Problem.js';
import { PreviewReportDocument } from '../../queries/documents.js';
import { type Draft, questionOf } from './draft.js';
import styles from './Preview.module.css';

/** Rests so long after the last key before it asks (ms). */
const REST = 500;

interface PreviewedHotspot {
  readonly id: string;
  readonly title: string;
  readonly posts: number;
  readonly postsBefore: number;
  readonly reason: string;
  readonly pictures: readonly {
    readonly sha256: string;
    readonly caption: string | null;
    readonly sensitive: boolean;
  }[];
}

interface Previewed {
  readonly summary: readonly string[];
  readonly new: readonly PreviewedHotspot[];
  readonly grew: readonly PreviewedHotspot[];
  readonly cooled: readonly PreviewedHotspot[];
}

export function Preview({ draft }: { draft: Draft }) {
  const [asked, setAsked] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(draft), REST);
    return () => clearTimeout(timer);
  }, [draft]);
  const { data, previousData, error, loading } = useQuery(PreviewReportDocument, {
    variables: { question: questionOf(asked), name: asked.name.trim() || 'Report', timeZone: asked.timeZone.trim() },
    fetchPolicy: 'no-cache',
  });
  const report = (data ?? previousData)?.previewReport as Previewed | undefined;
  return (
    <section aria-labelledby="preview" aria-busy={loading} className={styles.preview}>
      <h2 id="preview">What it would say now</h2>
      {error && <Problem error={error} />}
      {!report && !error && <p role="status">Asking</p>}
      {report && !error && (
        <>
          {report.summary.map((said) => (
            <p key={said} dir="auto">
              {said}
            </p>
          ))}
          <List title="New" hotspots={report.new} />
          <List title="Grew" hotspots={report.grew} />
          <List title="Cooled" hotspots={report.cooled} />
        </>
      )}
    </section>
  );
}

function List({ title, hotspots }: { title: string; hotspots: readonly PreviewedHotspot[] }) {
  if (hotspots.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul className={styles.list}>
        {hotspots.map(({ id, title: name, posts, postsBefore, reason, pictures }) => (
          <li key={id}>
            {pictures[0] && !pictures[0].sensitive && (
              <img
                src={`/media/${pictures[0].sha256}`}
                alt={pictures[0].caption ?? 'a picture that has no caption yet'}
                loading="lazy"
              />
            )}
            <div>
              <strong dir="auto">{name}</strong>
              <p>
                {counted(posts, 'post')}, {count(postsBefore)} before
              </p>
              <small dir="auto">{reason}</small>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
