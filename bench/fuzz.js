// 10,000 mutated inputs (or as many as are given): `npm run build && node bench/fuzz.js [INPUTS] [SEED]`. The tests of test/fuzz, longer; it
// prints what became of the inputs, and the seeds that bring them again.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

const [inputs = '10000', seed = '1'] = process.argv.slice(2);
const start = performance.now();
const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'test/fuzz', '--testTimeout=3600000'];
const { status } = spawnSync(process.execPath, jest, {
  stdio: 'inherit',
  env: { ...process.env, HOTLENS_FUZZ_INPUTS: inputs, HOTLENS_FUZZ_SEED: seed },
});
const seconds = Math.round((performance.now() - start) / 1000);
process.stdout.write(
  `${inputs} inputs from seed ${seed} on in ${seconds} s: ${status === 0 ? 'no finding' : 'a finding, see above'}\n`,
);
process.exitCode = status ?? 1;
