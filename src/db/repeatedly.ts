/** Does something every so often (ms), not before it is done with the time before; it must not reject. Keeps no process alive. */
export function repeatedly(work: () => Promise<unknown>, everyMs: number): { stop(): void } {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    await work();
    running = false;
  }, everyMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
