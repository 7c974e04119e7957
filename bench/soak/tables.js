// What a soak prints.
import { inShares, KEPT } from './verdict.js';

const mb = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
const table = (head, rows) =>
  `| ${head.join(' | ')} |\n|${head.map(() => '---').join('|')}|\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`;

/** The last look at each hour. */
export function hoursTable(samples) {
  const names = [...samples.at(-1).processes.keys()];
  const last = new Map(samples.map((sample) => [Math.floor(sample.hour), sample]));
  const head = [
    ['hour', 'posts seen', 'kept', 'hotspots', 'jobs', 'to detect', 'detection at'],
    names.map((name) => `${name}: MB, files`),
    ['database MB', 'WAL MB', 'media MB'],
  ].flat();
  const rows = [...last].map(([hour, sample]) => {
    const { seen, there, hotspots, queue, undetected, steppedTo, processes, database, wal, media } = sample;
    const each = names.map((name) => {
      const { rss, files, ofDatabase } = processes.get(name) ?? { rss: 0, files: 0, ofDatabase: 0 };
      return `${mb(rss)}, ${files}${ofDatabase > 0 ? ` + ${ofDatabase} of tables` : ''}`;
    });
    return [
      hour,
      seen,
      there,
      hotspots,
      queue,
      undetected,
      steppedTo.toFixed(2),
      ...each,
      mb(database),
      mb(wal),
      mb(media),
    ];
  });
  return table(head, rows);
}

/** Medians of the second and of the last quarter, and by how much they differ. */
export function processTable({ processes, folders }) {
  const rows = [
    ...processes.map(({ name, rss, files }) => [
      name,
      mb(rss.early),
      mb(rss.late),
      inShares(rss),
      `${files.early}, ${files.late}`,
    ]),
    ...folders.map(({ name, bytes }) => [name, mb(bytes.early), mb(bytes.late), inShares(bytes), '']),
  ];
  return table(['', 'MB, second quarter', 'last quarter', 'growth', 'open files'], rows);
}

/** The same of every table that has rows. */
export function tableTable({ tables }) {
  const rows = tables
    .filter(({ rows }) => rows.late > 0)
    .map(({ name, bytes, rows, dead, perRow }) => [
      name,
      `${rows.early.toFixed(0)}, ${rows.late.toFixed(0)}`,
      dead.late.toFixed(0),
      `${mb(bytes.early)}, ${mb(bytes.late)}`,
      `${perRow.early.toFixed(0)}, ${perRow.late.toFixed(0)}`,
      KEPT[name] ?? '',
    ]);
  return table(
    ['table', 'rows, second and last quarter', 'dead', 'MB', 'bytes a row of the most there were', 'kept'],
    rows,
  );
}
