// The bar that a long command shows where standard error is a terminal; elsewhere there is none.
import { SingleBar } from 'cli-progress';

/** `counted`: how a count is shown, in cli-progress' format. */
export function progressBar(counted: string): SingleBar | undefined {
  if (!process.stderr.isTTY) return undefined;
  return new SingleBar({ format: `{bar} ${counted} | {eta_formatted} left`, stream: process.stderr });
}

export function pictureBar(): SingleBar | undefined {
  return progressBar('{value}/{total} pictures');
}
