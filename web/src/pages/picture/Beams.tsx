// What else the model could have said: the texts that a beam search ends with.
import { counted, share } from '../../parts/numbers.js';
import type { Explanation } from './attention.js';
import styles from './Beams.module.css';

export function Beams({ explanation: { beams, numBeams, greedy, text } }: { explanation: Explanation }) {
  const first = beams[0];
  if (first === undefined) return null;
  return (
    <section aria-labelledby="beams" className={styles.section}>
      <h2 id="beams">What else it could have said</h2>
      <p className={styles.soft}>
        {greedy
          ? `The caption took the most probable word each time. A search with ${counted(numBeams, 'beam')} ends with these.`
          : `The caption is from a search with ${counted(numBeams, 'beam')}, which ends with these.`}{' '}
        The number is how probable a text is, the first one being {share(1)}; the search itself also goes by length.
      </p>
      <ol className={styles.beams}>
        {beams.map((beam) => {
          const times = Math.exp(beam.logProb - first.logProb);
          return (
            <li key={beam.text}>
              <span className={styles.times}>{share(times)}</span>
              <span>
                <bdi>{beam.text}</bdi> {beam.text === text && <small>the caption</small>}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
