// The test files that take longest come first, so that at the end no worker is left alone with one of them. Jest knows that from its last
// run; in a fresh clone, where it goes by the files' sizes, from here.
import TestSequencer from '@jest/test-sequencer';

/** Half a minute and more on two slow cores, the longest first; but what starts six processes at once comes beside what no clock runs for. */
const LONGEST = [
  'web/dashboard',
  'server/deadline',
  'commands/start',
  'inference/webgpu',
  'processes/severalProcesses',
  'onnx/webgpu',
  'web/search',
  'bench/crash',
  'commands/keys',
  'web/import',
  'backup/backup',
  'jobs/detectJob',
  'web/picture',
  'app',
  'commands/backup',
  'commands/doctor',
  'reports/archive',
  'commands/train',
  'jobs/deletePosts',
  'server/access',
  'web/map',
  'processes/killedUpload',
  'commands/ingest',
  'web/wall',
  'ingest/admission',
  'web/firstSecond',
  'web/reports',
  'reports/delivery',
  'commands/sigterm',
  'analytics/hdbscan/hdbscan',
  'alerts/alerts',
  'alerts/detected',
  'training/scenes/scenes',
].map((name) => `/test/${name}.test.ts`);

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
  }
}

/** All that are not listed have the same one, and keep Jest's order; so does all that Jest has run here before. */
function placeOf({ path, duration }) {
  const place = duration == null ? LONGEST.findIndex((end) => path.replaceAll('\\', '/').endsWith(end)) : -1;
  return place < 0 ? LONGEST.length : place;
}
