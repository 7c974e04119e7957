// What a caption was made with: model, adapter and options, told alike wherever it stands.
import { share } from '../../parts/numbers.js';
import { Time } from '../../parts/Time.js';
import type { PictureDetail } from '../Picture.js';
import styles from './MadeWith.module.css';

export type CaptionDetail = PictureDetail['captions'][number];

/** As a list of terms; `name` is the model's where it is the one that runs here. */
export function MadeWith({ caption, name }: { caption: CaptionDetail; name: string | undefined }) {
  const { modelDigest, adapterDigest, confidence } = caption;
  const rows: [string, React.ReactNode][] = [
    ['Model', <Digest key="model" value={modelDigest} before={name} />],
    ['ECMA adapter', <Digest key="ecma" value={adapterDigest} />],
    ['Options', <Options key="options" caption={caption} />],
    ['Sure of a word', confidence === null ? 'not told' : `${share(confidence)}, on average`],
    ['Said', <Time key="said" at={caption.completedAt ?? caption.createdAt} />],
  ];
  return (
    <section aria-labelledby="made" className={styles.section}>
      <h2 id="made">What it was made with</h2>
      <dl className={styles.made}>
        {rows.map(([term, what]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The beginning of a digest; the whole on hover. */
export function Digest({ value, before }: { value: string; before?: string | undefined }) {
  if (value === '') return 'none';
  return (
    <>
      {before} <code title={value}>{value.slice(0, 12)}</code>
    </>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  numBeams: 'beams',
  maxNewTokens: 'tokens at most',
  minNewTokens: 'tokens at least',
  lengthPenalty: 'length penalty',
  repetitionPenalty: 'repetition penalty',
  noRepeatNgramSize: 'no run twice of tokens',
  earlyStopping: 'early stopping',
  eosTokenId: 'end tokens',
};

export function Options({ caption: { prompt, options } }: { caption: Pick<CaptionDetail, 'prompt' | 'options'> }) {
  const given = Object.entries(options as Record<string, unknown>).map(
    ([name, value]) => `${NAMES[name] ?? name} ${String(value)}`,
  );
  if (prompt === '' && given.length === 0) return 'the model’s own';
  return (
    <>
      {prompt !== '' && (
        <>
          went on from “<bdi>{prompt.trim()}</bdi>”{given.length > 0 && ', '}
        </>
      )}
      {given.join(', ')}
    </>
  );
}
