// hotlens doctor: what is well, what is not, and what to do next.
import path from 'node:path';
import type { Command } from 'commander';
import { scrub } from '../access/scrub.js';
import type { Finding } from '../doctor/finding.js';
import { printable } from './printable.js';

interface DoctorFlags {
  readonly data?: string;
  readonly json?: boolean;
  readonly trial: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('looks at all that Hotlens needs and says what to do next; changes nothing, a running server goes on')
    .option('--data <dir>', 'data directory (default: HOTLENS_DATA, or .hotlens)')
    .option('--no-trial', 'does not load the models to caption a picture')
    .option('--json', 'one object: the findings, and how many of each kind')
    .action(doctor);
}

async function doctor({ data, json, trial }: DoctorFlags): Promise<void> {
  const { examine } = await import('../doctor/examine.js');
  const findings: Finding[] = [];
  for await (const finding of examine({ dataDir: data === undefined ? undefined : path.resolve(data), trial })) {
    const clean = { ...finding, found: told(finding.found) };
    findings.push(clean);
    if (!json) process.stdout.write(line(clean));
  }
  const of = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  const counts = { ok: of('ok'), warnings: of('warning'), failed: of('failed') };
  if (json) process.stdout.write(`${JSON.stringify({ findings, ...counts })}\n`);
  else
    process.stdout.write(
      `${counts.ok} ok, ${counts.warnings} warning${counts.warnings === 1 ? '' : 's'}, ${counts.failed} failed\n`,
    );
  if (counts.failed > 0) process.exitCode = 1;
}

/** What others wrote (a server, a driver) neither gives secrets away nor steers the terminal. */
function told(text: string): string {
  return printable(scrub(text).replace(/\s*\n\s*/g, ' '));
}

function line({ check, status, found, next }: Finding): string {
  return `${status.padEnd(8)}${`${check}:`.padEnd(20)}${found}${next === undefined ? '' : ` -> ${next}`}\n`;
}
