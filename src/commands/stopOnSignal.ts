/** The first signal says `message` and asks for an end after what is under way; a second one ends the process at once. */
export function stopOnSignal(message: string): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController();
  const abort = () => {
    process.stderr.write(`hotlens: ${message}\n`);
    controller.abort();
    forget();
  };
  const forget = () => {
    process.off('SIGINT', abort);
    process.off('SIGTERM', abort);
  };
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  return { signal: controller.signal, forget };
}
