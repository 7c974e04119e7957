// Where the words of a caption came from, asked of the model that gave it.
import { Arg, Ctx, Field, Float, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { captionWork } from '../db/captionWork.js';
import { AppError } from '../errors.js';
import type { ExplanationResult } from '../inference/inference.js';
import { uuidOf } from './ids.js';

@ObjectType({ description: 'Attention over the picture in `side` x `side` cells of equal size.' })
export class AttentionMap {
  @Field(() => Int, { description: 'Rows, and columns.' })
  side!: number;

  @Field(() => Float, { description: 'How much of the attention lies on it, 0 to 1; the rest lies elsewhere.' })
  share!: number;

  @Field(() => [Float], { description: 'Row by row from the top left; 1 is the highest of them.' })
  cells!: readonly number[];
}

@ObjectType({ description: 'A word of a caption, punctuation behind it included.' })
export class ExplainedWord {
  @Field(() => String, { description: 'As it stands in the text.' })
  text!: string;

  @Field(() => Int, { description: 'Where it begins in the text, in UTF-16 code units.' })
  start!: number;

  @Field(() => Int, { description: 'The first code unit behind it.' })
  end!: number;

  @Field(() => Float, { description: 'Natural log-probability that the model gave it, after what stands before it.' })
  logProb!: number;

  @Field(() => Float, {
    description:
      "Share of the language model's attention that lay on the picture, not on words, when it chose the word.",
  })
  pictureShare!: number;

  @Field(() => [Float], { description: 'What each query of the Q-Former counts for it; together 1.' })
  queries!: readonly number[];

  @Field(() => AttentionMap, { description: 'Where those queries look: the attention of the Q-Former itself.' })
  map!: AttentionMap;

  @Field(() => AttentionMap, {
    nullable: true,
    description: 'Where what ECMA adds to those queries comes from, all scales together; null where it adds nothing.',
  })
  ecmaMap!: AttentionMap | null;

  @Field(() => [AttentionMap], { description: 'The same scale by scale, coarse to fine, the patches last.' })
  scales!: readonly AttentionMap[];
}

@ObjectType({ description: 'What ECMA did in one layer of the Q-Former.' })
export class EcmaLayer {
  @Field(() => Int, { description: 'Number of the layer, from 0.' })
  layer!: number;

  @Field(() => Float, { description: 'By how much all that it adds is multiplied, -1 to 1.' })
  strength!: number;

  @Field(() => [Float], {
    nullable: true,
    description: 'How far the gate of each query was open, 0 to 1, mean over channels; null: the adapter has none.',
  })
  gates!: readonly number[] | null;

  @Field(() => [Float], { description: "Length of what was added to each query, over the query's own." })
  changes!: readonly number[];
}

@ObjectType({ description: 'A text that a beam search ended with.' })
export class CaptionBeam {
  @Field(() => String, { description: 'What follows the prompt.' })
  text!: string;

  @Field(() => Float, { description: 'Sum of the natural log-probabilities of its tokens.' })
  logProb!: number;

  @Field(() => Float, { description: 'What the search goes by: that sum, with the length penalty and all rules.' })
  score!: number;
}

@ObjectType({ description: 'Where a caption came from, and what else the model could have said.' })
export class CaptionExplanation {
  @Field(() => String, { description: "The model's own words, what it was told to begin with left out." })
  text!: string;

  @Field(() => [ExplainedWord], { description: 'Its words in their order.' })
  words!: readonly ExplainedWord[];

  @Field(() => [EcmaLayer], { nullable: true, description: 'ECMA layer by layer; null: the model has no adapter.' })
  ecma!: readonly EcmaLayer[] | null;

  @Field(() => [CaptionBeam], {
    description: 'What a beam search with the options of the caption ends with, best first.',
  })
  beams!: readonly CaptionBeam[];

  @Field(() => Int, { description: 'Beams of that search.' })
  numBeams!: number;

  @Field(() => Boolean, {
    description: 'Whether the caption was decoded without beams: then the best of them may have other words.',
  })
  greedy!: boolean;
}

@Resolver()
export class CaptionExplanationResolver {
  @Query(() => CaptionExplanation, {
    nullable: true,
    description:
      'Explains a caption, with the model that gave it: an error tells where that is not the one that runs here, where there is nothing to explain (yet), or where the picture is gone.',
  })
  captionExplanation(
    @Arg('captionId', () => ID, { description: 'Of a completed caption.' }) captionId: string,
    @Ctx() context: Context,
  ): Promise<CaptionExplanation> {
    return explained(uuidOf(captionId), context);
  }
}

async function explained(captionId: string, { services, deadline: { signal } }: Context): Promise<CaptionExplanation> {
  const { db, media } = services;
  const caption = await captionWork(db.prisma, captionId);
  if (caption === null) throw new AppError('NOT_FOUND', 'there is no such caption');
  if (caption.status !== 'COMPLETED' || caption.tokenIds.length === 0) {
    throw new AppError('CONFLICT', 'the model has not said anything that could be explained');
  }
  const inference = await services.inference();
  const { captioner } = await inference.info();
  if (captioner.digest !== caption.modelDigest || captioner.adapterDigest !== caption.adapterDigest) {
    throw new AppError(
      'CONFLICT',
      `the caption is of another model than the one that runs here: expected ${named(caption.modelDigest, caption.adapterDigest)}, got ${named(captioner.digest, captioner.adapterDigest)}; caption the picture anew to have that explained`,
    );
  }
  const { imageSha256, tokenIds, prompt, options } = caption;
  if (!(await media.store.has(imageSha256))) throw new AppError('NOT_FOUND', 'the bytes of the picture are gone');
  const image = { path: media.store.pathOf(imageSha256) };
  return describe(await inference.explain({ image, tokenIds, options: { prompt, ...options } }, signal));
}

function named(digest: string, adapterDigest: string): string {
  return `${digest.slice(0, 12)} ${adapterDigest === '' ? 'without ECMA' : `with ECMA ${adapterDigest.slice(0, 12)}`}`;
}

function describe({ beams: { found, numBeams, greedy }, ...rest }: ExplanationResult): CaptionExplanation {
  return { ...rest, beams: found, numBeams, greedy };
}
