// hotlens eval: the command that all measuring is under, and what its subcommands share.
import type { Command } from 'commander';
import { wholeNumber } from './options.js';
import { printable } from './printable.js';

export function evaluationCommand(program: Command): Command {
  return (
    program.commands.find((command) => command.name() === 'eval') ??
    program.command('eval').description('measures against known answers')
  );
}

export function addResamples(command: Command): Command {
  const description = 'of the bootstrap that gives intervals; 0 leaves them out';
  return command.option('--resamples <n>', description, wholeNumber(0), 1000);
}

export function addMeteorData(command: Command): Command {
  return command.option('--meteor-data <path>', "METEOR 1.5's folder or jar: synonyms and paraphrases count too");
}

/** Says which images are measured without, and that the command ends with 1. */
export function tellLeftOut(failed: readonly { readonly id: string; readonly reason: string }[]): void {
  for (const { id, reason } of failed) {
    process.stderr.write(`hotlens: ${printable(`image ${id} is left out: ${reason}`)}\n`);
    process.exitCode = 1;
  }
}
