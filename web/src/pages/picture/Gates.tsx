// ECMA's gates: for each of its layers a strip with one bar a query.
import { share } from '../../parts/numbers.js';
import type { Explanation, Word } from './attention.js';
import styles from './Gates.module.css';

/** Changes are often below one per cent. */
const fine = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const thousandths = new Intl.NumberFormat(undefined, { maximumFractionDigits: 3 });
const HEIGHT = 36;
const WIDTH = 6;

export function Gates({ explanation: { ecma }, word }: { explanation: Explanation; word: Word | undefined }) {
  if (ecma === null) {
    return (
      <section aria-labelledby="gates" className={styles.section}>
        <h2 id="gates">ECMA</h2>
        <p className={styles.soft}>This model has no ECMA adapter: there are no scales and no gates to show.</p>
      </section>
    );
  }
  return (
    <section aria-labelledby="gates" className={styles.section}>
      <h2 id="gates">ECMA’s gates</h2>
      <p className={styles.soft}>
        One bar a query: how far, on average, its gate let through what ECMA saw in the picture.
        {word && ` In the accent’s colour: queries that count more than the mean for “${word.text}”.`}
      </p>
      <ol className={styles.layers}>
        {ecma.map(({ layer, strength, gates, changes }) => (
          <li key={layer}>
            <span>
              Layer {layer}
              <small>
                changes queries by {fine.format(mean(changes))}, strength {thousandths.format(strength)}
              </small>
            </span>
            {gates === null ? (
              <span className={styles.soft}>no gates</span>
            ) : (
              <svg
                className={styles.strip}
                viewBox={`0 0 ${gates.length * WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`Layer ${layer}: gates of ${gates.length} queries, ${share(Math.min(...gates))} to ${share(Math.max(...gates))} open, mean ${share(mean(gates))}`}
              >
                {gates.map((gate, n) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a query is its place
                  <g key={n}>
                    <title>{`Query ${n + 1}: ${share(gate)} open, changed by ${fine.format(changes[n]!)}`}</title>
                    <rect className={styles.whole} x={n * WIDTH} width={WIDTH - 1} height={HEIGHT} />
                    <rect
                      data-counts={(word && word.queries[n]! * gates.length > 1) || undefined}
                      x={n * WIDTH}
                      width={WIDTH - 1}
                      y={HEIGHT * (1 - gate)}
                      height={HEIGHT * gate}
                    />
                  </g>
                ))}
              </svg>
            )}
            <span className={styles.mean}>{gates && share(mean(gates))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
