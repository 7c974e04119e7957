// hotlens eval: the command that all measuring is under.
import type { Command } from 'commander';

export function evaluationCommand(program: Command): Command {
  return (
    program.commands.find((command) => command.name() === 'eval') ??
    program.command('eval').description('measures against known answers')
  );
}
