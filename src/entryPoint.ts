// Where the compiled file of a worker thread or child process lies.
import { fileURLToPath } from 'node:url';

/**
 * Path of the compiled JavaScript that a thread or process is to start from, given as in `new URL(relative, import.meta.url)`.
 * Run from TypeScript (the tests), `src/` has no JavaScript that plain Node could start: its build in `dist/` is taken.
 */
export function entryPoint(relative: string, base: string): string {
  const root = new URL('..', import.meta.url).href;
  const { href } = new URL(relative, base);
  const source = `${root}src/`;
  return fileURLToPath(href.startsWith(source) ? `${root}dist/${href.slice(source.length)}` : href);
}
