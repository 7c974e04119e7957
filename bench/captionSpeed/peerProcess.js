// A process that answers a line with a line.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Starts it and waits until it says what it is. Rejects, with what it said, where it ends before. */
export async function openPeer(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${args.join(' ')} ended:\n${said}`);
    return JSON.parse(value);
  };
  const { ready: versions } = await next();
  return {
    versions,
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return await next();
    },
    close: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.stdin.end();
      }),
  };
}
