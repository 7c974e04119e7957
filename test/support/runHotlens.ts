// The command line in a process of its own, as it is built.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from './until.js';

export interface RunningHotlens {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit status, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** The address that it says it listens at. */
  url(): Promise<string>;
}

const started: ChildProcess[] = [];

/** Starts `hotlens ARGS`; only the variables of `env` that begin with HOTLENS_ or DATABASE_ reach it, beside the usual ones. */
export function runHotlens(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningHotlens {
  const usual = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOTLENS|DATABASE|OTEL)_/.test(name)),
  );
  const child = spawn(process.execPath, ['dist/main.js', ...args], {
    env: { ...usual, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]!.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([status, signal]) => (status ?? signal) as number | string);
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    ended,
    async url() {
      return until('the address', () => {
        if (child.exitCode !== null) throw new Error(`hotlens ended: ${output.stderr}`);
        return /http:\/\/127\.0\.0\.1:\d+/.exec(output.stdout)?.[0];
      });
    },
  };
}

/** Ends whatever a failed test left running. */
export function endAllHotlens(): void {
  for (const child of started) child.kill('SIGKILL');
}

/** Asks a running API; the data, or a throw with the errors. */
export async function askGraphQL<Data>(
  url: string,
  query: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
