// Known vulnerabilities of what is shipped, from high on: `npm run audit`. Where the registry's endpoint for that cannot be reached, as
// behind a mirror, it says so and is no failure: the lock file is what it was when it could be.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--json', '--omit=dev', '--audit-level=high'], { encoding: 'utf8' });
const report = parse(stdout);
if (report?.metadata?.vulnerabilities === undefined) {
  process.stdout.write(
    `audit: nothing was checked, the registry does not answer (${report?.message ?? 'no report'})\n`,
  );
} else {
  const { high, critical, total } = report.metadata.vulnerabilities;
  for (const { name, severity, range } of Object.values(report.vulnerabilities ?? {}))
    process.stdout.write(`audit: ${name} ${range}: ${severity}\n`);
  process.stdout.write(`audit: ${total} known vulnerabilities, ${high + critical} of them high or critical\n`);
  if (high + critical > 0) process.exitCode = 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
