// Runs the scripts that the page's HTML has fetched meanwhile: not before its frame is painted, and with time for the browser between them.

/** A window that is not looked at paints nothing. */
const LONGEST_MS = 100;

/** The scripts are the page's `modulepreload`s, what is imported before what imports it. */
export async function runRest(): Promise<void> {
  await parsed();
  await painted();
  for (const { href } of document.querySelectorAll<HTMLLinkElement>('link[rel="modulepreload"]')) {
    await import(/* @vite-ignore */ href);
    await turn();
  }
}

function parsed(): Promise<void> {
  return new Promise((resolve) => {
    if (document.readyState === 'loading')
      document.addEventListener('DOMContentLoaded', () => resolve(), { once: true });
    else resolve();
  });
}

function painted(): Promise<void> {
  return new Promise((resolve) => {
    // What a frame asks for next is done after it.
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, LONGEST_MS);
  });
}

/** Lets the browser do what else it has to. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
