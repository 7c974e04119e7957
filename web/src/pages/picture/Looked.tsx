// The picture, and over it where the model looked for the word that is chosen.
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { decimal, share } from '../../parts/numbers.js';
import { Picture } from '../../parts/Picture.js';
import { Time } from '../../parts/Time.js';
import type { AttentionMapFragment } from '../../queries/documents.js';
import type { PictureDetail } from '../Picture.js';
import { mapsOf, placeOf, type Scale, timesEven, type Word } from './attention.js';
import { heat } from './heat.js';
import styles from './Looked.module.css';

/** Pixels of a map's colours, which are stretched over the picture. */
const SIZE = 320;

export function Looked({
  image,
  word,
  scale,
  words,
}: {
  image: PictureDetail;
  /** undefined: none is chosen. */
  word: Word | undefined;
  scale: Scale;
  /** To choose one of; stands right below the picture. */
  words: ReactNode;
}) {
  const maps = word === undefined ? [] : mapsOf(word);
  // An address may name a scale that this model has not.
  const shown = maps.find((each) => each.scale === scale) ?? maps[0];
  const { width, height } = image;
  return (
    <figure className={styles.figure}>
      <div
        className={styles.frame}
        style={{ aspectRatio: `${width} / ${height}`, width: `min(100%, ${(62 * width) / height}vh)` }}
        data-mapped={shown !== undefined || undefined}
      >
        <Picture picture={image} eager />
        {shown && <Heat map={shown.map} />}
      </div>
      <figcaption>
        {words}
        {word && shown ? (
          <>
            <nav aria-label="Map of which attention" className={styles.scales}>
              {maps.map((each) => (
                <Link
                  key={each.name}
                  from="/pictures/$sha256"
                  to="."
                  search={({ scale: _, ...view }) => (each.scale === undefined ? view : { ...view, scale: each.scale })}
                  replace
                  resetScroll={false}
                  // Else the one that is left out of addresses is at every one of them.
                  activeOptions={{ exact: true }}
                  aria-current={each === shown ? 'true' : undefined}
                >
                  {each.name}
                </Link>
              ))}
            </nav>
            <p role="status">{told(word, shown.map, shown.scale)}</p>
            <p className={styles.soft}>
              Red is where the map is highest, clear where it is lowest, pale where it is nearly even; the line goes
              round what is above half. It tells where the model looked, and does not prove why it said what it said.
            </p>
          </>
        ) : (
          <p className={styles.soft}>
            {width} × {height} pixels, {image.mimeType}, first seen <Time at={image.createdAt} />
          </p>
        )}
      </figcaption>
    </figure>
  );
}

function told({ text }: Word, map: AttentionMapFragment, scale: Scale): string {
  const who = scale === undefined ? 'For' : 'What ECMA added for';
  const part = `${share(map.share)} of ${scale === undefined ? 'the' : 'its'} attention`;
  const times = timesEven(map);
  const where =
    map.side === 1
      ? 'the whole picture as one'
      : times < 1.5
        ? `nearly even: ${decimal(times)} times the mean at most`
        : `most at ${placeOf(map)}, ${decimal(times)} times the mean`;
  return `${who} “${text}”: ${part}, ${where}.`;
}

function Heat({ map }: { map: AttentionMapFragment }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(heat(map, SIZE), 0, 0), [map]);
  // What it shows is said below it: nothing in it is for a screen reader.
  return <canvas ref={canvas} width={SIZE} height={SIZE} />;
}
