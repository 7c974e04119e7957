// A person's wording for an image, beside what models said.

import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { ImageRow } from '../db/imageRow.js';
import { newestEdit } from '../db/newestEdit.js';
import { uuidv7 } from '../db/uuidv7.js';
import { withTransaction } from '../db/withTransaction.js';
import { AppError } from '../errors.js';
import { Changes } from './changes.js';
import { plainText, sha256Of } from './ids.js';
import { Image } from './image.js';

const MAX_LENGTH = 2000;

interface Edit {
  readonly sha256: string;
}

@Resolver()
export class EditCaptionResolver {
  @Mutation(() => Image, {
    description:
      "Shows a person's wording instead of the model's, also after the image is captioned anew. Null takes the edit back.",
  })
  @Changes<Edit>({
    by: 'ANALYST',
    target: ({ sha256 }) => sha256.toLowerCase(),
    state: (db, { sha256 }) => newestEdit(db, sha256.toLowerCase()),
  })
  async editCaption(
    @Arg('sha256', () => String, { description: 'The image.' }) sha256: string,
    @Arg('text', () => String, {
      nullable: true,
      description: `The wording, 1 to ${MAX_LENGTH} characters; null: the model's words again.`,
    })
    text: string | null,
    @Ctx() { services, loaders }: Context,
  ): Promise<ImageRow> {
    const image = await loaders.image.load(sha256Of(sha256));
    if (image === null) throw new AppError('NOT_FOUND', `there is no image ${sha256Of(sha256)}`);
    const wording = plainText('text', text)?.trim() ?? null;
    if (wording !== null && (wording.length === 0 || wording.length > MAX_LENGTH)) {
      throw new AppError('BAD_USER_INPUT', `text: expected 1 to ${MAX_LENGTH} characters, got ${wording.length}`);
    }
    await withTransaction(services.db.pool, async (client) => {
      await client.query('INSERT INTO caption_edits (id, image_sha256, text) VALUES ($1, $2, $3)', [
        uuidv7(),
        image.sha256,
        wording,
      ]);
      await services.queue.add('embed', [{ data: { imageSha256: image.sha256 }, key: image.sha256 }], client);
    });
    services.queue.wake('embed');
    return image;
  }
}
