// What must be flat once a soak is warm, and what was not.
import { growthOf, sharesOf } from './growth.js';

/** Shares by which these may grow from the second quarter to the last, and along their slope. */
const LIMITS = { rss: 0.05, files: 0.1, bytes: 0.1, rows: 0.1 };
/** A table of a few pages or rows says nothing: one more page is a tenth of it. */
const SMALL = { bytes: 512 << 10, rows: 100 };
/** A file of the log of changes: one is being written beside those that max_wal_size allows. */
const LOG_FILE = 16 << 20;
/** Tables whose rows are not as many as posts that are kept, and what bounds them: of most of them a day is too short to see it. */
export const KEPT = {
  'pgboss.job_common': 'for an hour once they are finished: as many as an hour brings',
  tombstones: 'for ever: a deleted post does not come in again',
  audit_events: 'for HOTLENS_AUDIT_DAYS',
  imports: 'as long as any post (HOTLENS_RETENTION)',
  deliveries: 'as long as any post (HOTLENS_RETENTION)',
  hotspots: 'while they have posts or live',
  hotspot_events: 'with their hotspot, and as long as any post',
  hotspot_points: 'with their hotspot, and as long as any post',
};

/**
 * What grew how much in `samples` (see soak.js), and what of it is wrong: resident memory by 5 %, open files by 10 %, the database
 * and the media by 10 % a post, a table by 10 % in bytes and in bytes a row, or by 10 % in rows a post where no other bound is
 * known. Bytes are compared with the most rows and posts there were so far: files do not become smaller when rows go, they are
 * filled again. The log of changes is filled again too, up to `logBytes` (the database's max_wal_size): below that it need not be flat.
 */
export function verdict(samples, { logBytes }) {
  const wrong = [];
  const series = (read) => samples.map((sample) => ({ hour: sample.hour, value: read(sample) }));
  const grows = (growth, limit) => sharesOf(growth).some((share) => share > limit);
  /** Of bytes to the most rows so far. */
  const filled = (bytesOf, rowsOf) => {
    let most = 1;
    return growthOf(
      series((sample) => {
        most = Math.max(most, rowsOf(sample));
        return bytesOf(sample) / most;
      }),
    );
  };

  const processes = [...samples.at(-1).processes.keys()].map((name) => {
    const rss = growthOf(series(({ processes }) => processes.get(name)?.rss ?? 0));
    const files = growthOf(series(({ processes }) => processes.get(name)?.files ?? 0));
    if (grows(rss, LIMITS.rss)) wrong.push(`resident memory of ${name} grew: ${inShares(rss)}`);
    if (sharesOf(files)[0] > LIMITS.files)
      wrong.push(`open files of ${name} grew from ${files.early} to ${files.late}`);
    return { name, rss, files };
  });
  const tables = [...samples.at(-1).tables.keys()].map((name) => {
    const of = (read) => growthOf(series(({ tables }) => read(tables.get(name) ?? { bytes: 0, rows: 0, dead: 0 })));
    const [bytes, rows, dead] = [of((one) => one.bytes), of((one) => one.rows), of((one) => one.dead)];
    const perRow = filled(
      ({ tables }) => tables.get(name)?.bytes ?? 0,
      ({ tables }) => tables.get(name)?.rows ?? 0,
    );
    const perPost = growthOf(series(({ tables, there }) => (tables.get(name)?.rows ?? 0) / there));
    if (bytes.late > SMALL.bytes && grows(bytes, LIMITS.bytes) && grows(perRow, LIMITS.bytes))
      wrong.push(`table ${name} is bloated: bytes ${inShares(bytes)}, a row ${inShares(perRow)}`);
    if (!(name in KEPT) && rows.late > SMALL.rows && grows(perPost, LIMITS.rows))
      wrong.push(`rows of ${name} grew: ${inShares(perPost)} a post`);
    return { name, bytes, rows, dead, perRow };
  });
  const folders = ['database', 'wal', 'media'].map((name) => {
    const bytes = growthOf(series((sample) => sample[name]));
    const judged =
      name === 'wal'
        ? bytes
        : filled(
            (sample) => sample[name],
            ({ there }) => there,
          );
    if (bytes.late > (name === 'wal' ? logBytes + LOG_FILE : 0) && grows(judged, LIMITS.bytes))
      wrong.push(`${name} grew: ${inShares(judged)}`);
    return { name, bytes };
  });
  return { wrong, processes, tables, folders };
}

/** "+3.1 % by medians, +2.0 % along the slope" */
export function inShares(growth) {
  const [medians, slope] = sharesOf(growth).map(percent);
  return `${medians} by medians, ${slope} along the slope`;
}

function percent(share) {
  return `${share < 0 ? '-' : '+'}${Math.abs(100 * share).toFixed(1)} %`;
}
