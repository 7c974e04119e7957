// Preloaded into the processes of a test (NODE_OPTIONS=--import): the process that runs inference dies as soon as it is handed
// a picture whose hash the file HOTLENS_TEST_POISON names, as a fault in a native decoder would have it.
import { readFileSync } from 'node:fs';

const file = process.env.HOTLENS_TEST_POISON;
// Only a forked process has a channel.
if (file && process.send) {
  process.on('message', ({ argument }) => {
    const image = argument?.image?.path ?? '';
    const poison = readFileSync(file, 'utf8').trim();
    if (poison !== '' && image.endsWith(poison)) process.kill(process.pid, 'SIGKILL');
  });
}
