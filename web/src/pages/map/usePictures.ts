// The pictures with these numbers, asked for when what is looked at has come to rest.
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { MapPicturesDocument, type PictureFragment } from '../../queries/documents.js';

export function usePictures(numbers: readonly number[], restMs: number): ReadonlyMap<number, PictureFragment> {
  const [rested, setRested] = useState<readonly number[]>([]);
  const key = numbers.join();
  useEffect(() => {
    const timer = setTimeout(() => setRested(key === '' ? [] : key.split(',').map(Number)), restMs);
    return () => clearTimeout(timer);
  }, [key, restMs]);
  const { data, previousData } = useQuery(MapPicturesDocument, {
    variables: { numbers: [...rested] },
    skip: rested.length === 0,
  });
  const found = new Map<number, PictureFragment>();
  for (const { mapPictures } of [previousData, data].filter((each) => each !== undefined))
    for (const { number, image } of mapPictures ?? []) if (image) found.set(number!, image as PictureFragment);
  return found;
}
