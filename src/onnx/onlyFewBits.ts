import { AppError } from '../errors.js';

/** What says that a weight of few bits was to be used as if it were whole. */
export function onlyFewBits(name: string): AppError {
  return new AppError(
    'BAD_MODEL',
    `${name} is stored in few bits only: such a model can caption and explain; all else needs the checkpoint that it was imported from`,
  );
}
