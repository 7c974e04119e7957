// The caption as the words that the model chose one after the other: shaded by how unsure it was, and each a button for its map.
import { useNavigate } from '@tanstack/react-router';
import { type CSSProperties, type KeyboardEvent, useRef } from 'react';
import { share } from '../../parts/numbers.js';
import type { Explanation } from './attention.js';
import styles from './WordByWord.module.css';

/** A word of which the model was sure of nothing has so much of the accent's colour, in per cent: text stays legible on it. */
const DARKEST = 45;

export function WordByWord({
  explanation: { words },
  prompt,
  chosen,
}: {
  explanation: Explanation;
  prompt: string;
  chosen: number | undefined;
}) {
  const navigate = useNavigate({ from: '/pictures/$sha256' });
  const list = useRef<HTMLOListElement>(null);
  const choose = (word: number | undefined) =>
    void navigate({
      to: '.',
      search: ({ word: _, ...view }) => (word === undefined ? view : { ...view, word }),
      replace: true,
      resetScroll: false,
    });
  const byKey = (event: KeyboardEvent) => {
    const last = words.length - 1;
    const now = Number((event.target as HTMLElement).dataset.word);
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (event.key === 'Escape') choose(undefined);
    if (next === undefined || Number.isNaN(now)) return;
    event.preventDefault();
    const to = Math.min(last, Math.max(0, next));
    choose(to);
    list.current?.querySelector<HTMLElement>(`[data-word="${to}"]`)?.focus();
  };
  return (
    <section aria-labelledby="words" className={styles.section}>
      <h2 id="words">Word by word</h2>
      <p className={styles.soft} id="words-help">
        How sure the model was of each word after those before it: the more colour, the less. Choose one to see where it
        looked; the arrow keys go on.
      </p>
      <ol ref={list} className={styles.words} aria-describedby="words-help" onKeyDown={byKey}>
        {prompt.trim() !== '' && (
          <li className={styles.prompt} dir="auto">
            {prompt.trim()}
          </li>
        )}
        {words.map(({ text, start, logProb }, i) => {
          const sure = Math.exp(logProb);
          return (
            <li key={start}>
              <button
                type="button"
                data-word={i}
                // One stop of the tab key for all.
                tabIndex={i === (chosen ?? 0) ? 0 : -1}
                aria-pressed={i === chosen}
                title={`${share(sure)} sure`}
                style={{ '--unsure': `${Math.round(DARKEST * (1 - sure))}%` } as CSSProperties}
                onClick={() => choose(i === chosen ? undefined : i)}
              >
                <span dir="auto">{text}</span> <small>{share(sure)}</small>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
