// What was made, the newest first.
import { LoadMore } from '../../parts/LoadMore.js';
import { counted } from '../../parts/numbers.js';
import { ScrollingTable } from '../../parts/ScrollingTable.js';
import { Time } from '../../parts/Time.js';
import type { ReportRunLineFragment } from '../../queries/documents.js';
import { Files } from './Files.js';

export function Archive({
  runs,
  busy,
  more,
}: {
  runs: readonly ReportRunLineFragment[];
  busy: boolean;
  more?: () => void;
}) {
  return (
    <section aria-labelledby="archive">
      <h2 id="archive">Archive</h2>
      {runs.length === 0 && <p>No report was made yet.</p>}
      {runs.length > 0 && (
        <ScrollingTable label="Archive, as a table" columns={['Report', 'About', 'Files']}>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row">
                <bdi>{run.name}</bdi>
              </th>
              <td>
                <Time at={run.since} /> to <Time at={run.until} />
                {run.missed > 0 && (
                  <small>stands for {counted(run.missed, 'earlier time')} too, at which nothing ran</small>
                )}
              </td>
              <td>
                <Files run={run} />
              </td>
            </tr>
          ))}
        </ScrollingTable>
      )}
      {more && <LoadMore busy={busy} onPress={more} />}
    </section>
  );
}
