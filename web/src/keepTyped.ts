// What was typed into the frame, before there was a script to take it.

/** Notes it from now on, with what is there; what is returned writes it into the fields that stand in the place of the frame's, and ends that. */
export function keepTyped(root: HTMLElement): () => void {
  const fields = () => [...root.querySelectorAll<HTMLInputElement>('input[name]:not([type="hidden"])')];
  const typed = new Map(fields().map(({ name, value }) => [name, value]));
  const note = ({ target }: Event) => {
    if (target instanceof HTMLInputElement) typed.set(target.name, target.value);
  };
  root.addEventListener('input', note);
  return () => {
    root.removeEventListener('input', note);
    for (const field of fields()) field.value ||= typed.get(field.name) ?? '';
  };
}
