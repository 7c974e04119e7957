// The models that run here, on what, and what their batches were like.
import { Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { InferenceInfo } from '../inference/inference.js';

@ObjectType({ description: 'An execution provider that was tried when a model was loaded.' })
class ProviderAttempt {
  @Field(() => String, { description: '`cuda`, `webgpu` or `cpu`.' })
  provider!: string;

  @Field(() => Boolean, { description: 'Whether it runs the model.' })
  chosen!: boolean;

  @Field(() => String, { description: 'Why it was taken, or why not.' })
  reason!: string;
}

@ObjectType({ description: 'The model that captions.' })
class Captioner {
  @Field(() => String, { description: 'SHA-256 over its files: captions carry it.' })
  digest!: string;

  @Field(() => String, { description: 'SHA-256 of the ECMA adapter, empty without one.' })
  adapterDigest!: string;

  @Field(() => String, { description: 'Name of the directory that it was loaded from.' })
  name!: string;

  @Field(() => String, { description: 'Such as `Blip2ForConditionalGeneration`.' })
  architecture!: string;

  // Float: the larger models have more parameters than a 32-bit Int can count.
  @Field(() => Float, { description: 'Number of parameters of the checkpoint, without the adapter.' })
  parameters!: number;

  @Field(() => Float, { description: 'Number of parameters of the ECMA adapter.' })
  ecmaParameters!: number;

  @Field(() => String, { description: 'Number format of the weights.' })
  dtype!: string;

  @Field(() => [ProviderAttempt], { description: 'In the order in which they were tried.' })
  providers!: readonly ProviderAttempt[];
}

@ObjectType({ description: 'The model that turns captions into vectors.' })
class Embedder {
  @Field(() => String, { description: 'SHA-256 over its files: vectors of different digests are never compared.' })
  digest!: string;

  @Field(() => String, { description: 'Name of the directory that it was loaded from.' })
  name!: string;

  @Field(() => String, { description: 'Such as `BertModel`.' })
  architecture!: string;

  @Field(() => Int, { description: 'Length of its vectors.' })
  dimension!: number;

  @Field(() => Float, { description: 'Number of parameters.' })
  parameters!: number;

  @Field(() => Boolean, { description: 'Whether pictures can be embedded into the same space.' })
  images!: boolean;

  @Field(() => [ProviderAttempt], { description: 'In the order in which they were tried.' })
  providers!: readonly ProviderAttempt[];
}

@ObjectType({ description: 'What this process captions and embeds with.' })
export class Model {
  @Field(() => Captioner, { description: 'The model that captions.' })
  captioner!: Captioner;

  @Field(() => Embedder, { description: 'The model that turns captions into vectors.' })
  embedder!: Embedder;

  @Field(() => [Int], { description: 'Sizes of the latest caption batches, newest last, at most 100.' })
  recentBatches!: readonly number[];

  @Field(() => Int, { description: 'How often the inference process was started anew after it died.' })
  restarts!: number;

  @Field(() => Boolean, { description: 'Whether the models are loaded; not while their process is started anew.' })
  ready!: boolean;
}

@Resolver(() => Model)
export class ModelResolver {
  @Query(() => Model, { description: 'The models of this process; waits while they are being loaded.' })
  async model(@Ctx() { services }: Context): Promise<Model> {
    const inference = await services.inference();
    return describe(await inference.info());
  }
}

/** Directories are named, not located: a path says more of the server than a client has to know. */
function describe({ captioner, embedder, ...rest }: InferenceInfo): Model {
  return {
    ...rest,
    captioner: { ...captioner, name: nameOf(captioner.directory) },
    embedder: { ...embedder, name: nameOf(embedder.directory) },
  };
}

function nameOf(directory: string): string {
  return directory.split(/[\\/]/).filter(Boolean).at(-1) ?? directory;
}
