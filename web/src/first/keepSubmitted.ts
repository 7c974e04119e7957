// A form that was sent before there was a script to take it: the browser would send it itself, which the page's policy forbids, so that
// nothing at all would happen.

declare global {
  var hotlensSubmitted: (() => number | undefined) | undefined;
}

/** Keeps it from now on, the last one where there are several; `takeSubmitted` ends that. */
export function keepSubmitted(): void {
  let submitted: number | undefined;
  const keep = (event: SubmitEvent) => {
    event.preventDefault();
    submitted = [...document.forms].indexOf(event.target as HTMLFormElement);
  };
  document.addEventListener('submit', keep, true);
  globalThis.hotlensSubmitted = () => {
    document.removeEventListener('submit', keep, true);
    return submitted;
  };
}

/** Sends it again, by the form that now stands in its place. */
export function sendSubmitted(): void {
  const submitted = globalThis.hotlensSubmitted?.();
  globalThis.hotlensSubmitted = undefined;
  if (submitted !== undefined) document.forms[submitted]?.requestSubmit();
}
