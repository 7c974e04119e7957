// A text in which words are marked.
export interface MarkedRange {
  readonly start: number;
  readonly end: number;
}

export function Marked({ text, ranges = [] }: { text: string; ranges?: readonly MarkedRange[] | undefined }) {
  let done = 0;
  const parts = ranges.map(({ start, end }) => {
    const before = text.slice(done, start);
    done = end;
    return (
      <span key={start}>
        {before}
        <mark>{text.slice(start, end)}</mark>
      </span>
    );
  });
  return (
    <>
      {parts}
      {text.slice(done)}
    </>
  );
}
