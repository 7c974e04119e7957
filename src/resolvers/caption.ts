// Captions: what a model said of an image, and the person's wording that stands in for it.
import { Ctx, Field, FieldResolver, Float, ID, Int, ObjectType, Resolver, Root, registerEnumType } from 'type-graphql';
import type { Context } from '../context.js';
import type { CaptionRow } from '../db/captionRow.js';
import { Image } from './image.js';
import { GraphQLInstant, GraphQLJSON } from './scalars.js';

export const CAPTION_STATUSES = { PENDING: 'PENDING', COMPLETED: 'COMPLETED', FAILED: 'FAILED' } as const;
registerEnumType(CAPTION_STATUSES, {
  name: 'CaptionStatus',
  description: 'How far a caption has come.',
  valuesConfig: {
    PENDING: { description: 'Waiting, running, or waiting to be tried again.' },
    COMPLETED: { description: 'The model answered.' },
    FAILED: { description: 'Given up; `error` says why.' },
  },
});

@ObjectType({
  description: 'What one model said of one image under one set of options. An image has at most one for each such set.',
})
export class Caption {
  @Field(() => ID, { description: 'Its id here.' })
  id!: string;

  @Field(() => CAPTION_STATUSES, { description: 'How far it has come.' })
  status!: CaptionRow['status'];

  @Field(() => String, { nullable: true, description: "The model's own words; null until it answered." })
  modelText!: string | null;

  @Field(() => String, { description: 'SHA-256 of the model: the same digest, the same words.' })
  modelDigest!: string;

  @Field(() => String, { description: 'SHA-256 of the ECMA adapter, empty without one.' })
  adapterDigest!: string;

  @Field(() => String, { description: 'What the model went on from: `modelText` is what followed. Empty: nothing.' })
  prompt!: string;

  @Field(() => GraphQLJSON, {
    description: "Decoding options that were asked for; the others are the checkpoint's own.",
  })
  options!: Record<string, unknown>;

  @Field(() => [Int], { description: 'The generated tokens: prompt cut off, no padding.' })
  tokenIds!: readonly number[];

  @Field(() => Float, { nullable: true, description: 'Sum of the natural log-probabilities of `tokenIds`.' })
  logProb!: number | null;

  @Field(() => Float, { nullable: true, description: 'exp of the mean log-probability of `tokenIds`, 0 to 1.' })
  confidence!: number | null;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => String, { nullable: true, description: 'Why the latest attempt failed.' })
  error!: string | null;

  @Field(() => GraphQLInstant, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => GraphQLInstant, { nullable: true, description: 'When the model answered.' })
  completedAt!: Date | null;
}

@Resolver(() => Caption)
export class CaptionResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "What is shown of the image: a person's edit where there is one, else `modelText`. In a history always `modelText`.",
  })
  text(@Root() caption: CaptionRow): string | null {
    return caption.editedText ?? caption.modelText;
  }

  @FieldResolver(() => Boolean, { description: "Whether `text` is a person's edit." })
  edited(@Root() caption: CaptionRow): boolean {
    return caption.editedText !== null;
  }

  @FieldResolver(() => Image, { description: 'The image that it is of.' })
  image(@Root() caption: CaptionRow, @Ctx() { loaders }: Context) {
    return loaders.image.load(caption.imageSha256);
  }
}

/** The caption that is shown of an image: something to read, by a model or a person; null where there is nothing yet. */
export function shownCaption(latest: CaptionRow | null): CaptionRow | null {
  return latest !== null && (latest.status === 'COMPLETED' || latest.editedText !== null) ? latest : null;
}
