// The pictures of a hotspot as far as they have been looked at, in pages of one list that stays as it was while posts come.
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import {
  HotspotPicturesDocument,
  type HotspotPicturesQuery,
  type HotspotPicturesQueryVariables,
} from '../../queries/documents.js';

const AT_A_TIME = 100;

export type WallPicture = NonNullable<HotspotPicturesQuery['hotspot']>['pictures']['nodes'][number];

interface Known {
  readonly total: number;
  readonly asOf: string | undefined;
  readonly pages: ReadonlyMap<number, readonly WallPicture[]>;
}

export interface WallPictures {
  /** Of the whole list; undefined before the first answer. */
  readonly total: number | undefined;
  /** What the list is of. */
  readonly asOf: string | undefined;
  readonly error: unknown;
  /** The picture of a place (from 0), where it is there already. */
  at(place: number): WallPicture | undefined;
  /** Asks for what is not there yet of the places from one up to another. */
  want(from: number, to: number): void;
  again(): void;
  /** Begins with the list of now. */
  renew(): void;
}

export interface WallOptions extends Pick<HotspotPicturesQueryVariables, 'id' | 'orderBy'> {
  readonly asOf: string | undefined;
  /** Where the viewer begins to look. */
  readonly place: number;
}

export function useWall({ id, orderBy, asOf, place }: WallOptions): WallPictures {
  const client = useApolloClient();
  const [known, setKnown] = useState<Known>();
  const [error, setError] = useState<unknown>();
  const [tries, setTries] = useState(0);
  /** Pages that were asked for, of the list that is shown; another object for another list. */
  const asked = useRef(new Set<number>());
  const failed = useRef<number[]>([]);
  /** What the address opened; another order, or the list of now, begins at its beginning. */
  const opened = useRef<{ of: string; asOf: string | undefined; place: number } | undefined>({
    of: `${id} ${orderBy} 0`,
    asOf,
    place,
  });

  const ask = useCallback(
    (page: number, list: string | undefined) => {
      const mine = asked.current;
      if (mine.has(page)) return;
      mine.add(page);
      const variables = { id, orderBy, asOf: list, first: AT_A_TIME, skip: page * AT_A_TIME };
      client.query({ query: HotspotPicturesDocument, variables, fetchPolicy: 'no-cache' }).then(
        ({ data }) => {
          if (mine !== asked.current) return;
          const found = data?.hotspot?.pictures;
          setError(undefined);
          setKnown((before) => ({
            total: before?.total ?? found?.totalCount ?? 0,
            asOf: before?.asOf ?? found?.asOf ?? undefined,
            pages: new Map(before?.pages).set(page, found?.nodes ?? []),
          }));
        },
        (failure: unknown) => {
          if (mine !== asked.current) return;
          failed.current.push(page);
          setError(failure);
        },
      );
    },
    [client, id, orderBy],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another order, or the list of now, is begun anew
  useEffect(() => {
    asked.current = new Set();
    failed.current = [];
    setError(undefined);
    setKnown(undefined);
    if (opened.current?.of !== `${id} ${orderBy} ${tries}`) opened.current = undefined;
    ask(Math.floor((opened.current?.place ?? 0) / AT_A_TIME), opened.current?.asOf);
  }, [ask, tries]);

  return {
    total: known?.total,
    asOf: known?.asOf,
    error,
    at: (which) => known?.pages.get(Math.floor(which / AT_A_TIME))?.[which % AT_A_TIME],
    want(from, to) {
      if (known === undefined) return;
      for (let page = Math.floor(from / AT_A_TIME); page * AT_A_TIME < Math.min(to, known.total); page++)
        ask(page, known.asOf);
    },
    again: () => {
      if (known === undefined) setTries((before) => before + 1);
      for (const page of failed.current) asked.current.delete(page);
      failed.current = [];
      setError(undefined);
    },
    renew: () => setTries((before) => before + 1),
  };
}
