// A part of the map that somebody drew a line round, as it stands in addresses: `LAYOUT;X,Y;X,Y;...`, the corners in turn.
import type { Pool } from 'pg';
import { AppError } from '../../errors.js';
import { mapVersion } from './mapLayout.js';

export interface MapArea {
  /** The layout whose places are meant. */
  readonly layout: number;
  /** As PostgreSQL writes a polygon. */
  readonly polygon: string;
}

const CORNERS = { least: 3, most: 200 };
const NUMBER = /^-?\d{1,5}(\.\d{1,4})?$/;

/** Reads an area. Throws AppError BAD_USER_INPUT where it is none, or of an earlier layout: its places are others now. */
export async function mapArea(pool: Pool, text: string): Promise<MapArea> {
  const [head = '', ...corners] = text.split(';');
  const points = corners.map((corner) => corner.split(','));
  const wrong = points.some((point) => point.length !== 2 || !point.every((number) => NUMBER.test(number)));
  if (!/^\d{1,9}$/.test(head) || wrong || points.length < CORNERS.least || points.length > CORNERS.most)
    throw new AppError(
      'BAD_USER_INPUT',
      `area: expected LAYOUT;X,Y;X,Y;... with ${CORNERS.least} to ${CORNERS.most} corners`,
    );
  const layout = (await mapVersion(pool))?.layout ?? 0;
  if (layout !== Number(head))
    throw new AppError('BAD_USER_INPUT', 'area: the map has been laid out anew since it was drawn; draw it again');
  return { layout, polygon: `(${points.map(([x, y]) => `(${x},${y})`).join(',')})` };
}
