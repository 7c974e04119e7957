// The enum of how far a picture has come.
import { registerEnumType } from 'type-graphql';

export const PICTURE_STATUSES = { PENDING: 'PENDING', COMPLETED: 'COMPLETED', FAILED: 'FAILED' } as const;

registerEnumType(PICTURE_STATUSES, {
  name: 'PictureStatus',
  description: 'How far a picture has come on its way to a caption.',
  valuesConfig: {
    PENDING: { description: 'Being fetched, or waiting for its caption.' },
    COMPLETED: { description: 'It has a caption.' },
    FAILED: { description: 'It could not be fetched, read or captioned; `error` says why.' },
  },
});
