// Node and the environment.
import type { ConfigProblem } from '../config.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** The oldest Node that package.json allows. */
const OLDEST_NODE = [20, 19] as const;

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return ok('node', `Node ${version}`);
  return failed('node', `Node ${version}`, `install Node ${oldMajor}.${oldMinor} or newer`);
}

/** One finding for every variable that is wrong, and for those that nobody reads. */
export function checkConfig(problems: readonly ConfigProblem[], unknown: readonly string[]): Finding[] {
  if (problems.length === 0 && unknown.length === 0) return [ok('configuration', 'every variable is right')];
  return [
    ...problems.map(({ variable, problem }) =>
      failed(
        'configuration',
        `${variable}: ${problem}`,
        `correct or unset ${variable}; what follows looks at Hotlens without it`,
      ),
    ),
    ...unknown.map((name) =>
      warning('configuration', `${name} is set, and nothing reads it`, 'look for its name in README.md, or unset it'),
    ),
  ];
}
