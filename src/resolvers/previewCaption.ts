// A caption for a picture that is not kept.
import { Arg, Ctx, Field, Float, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import { AppError } from '../errors.js';
import type { CaptionResult } from '../inference/inference.js';
import { Changes } from './changes.js';
import { CaptionOptions, decodingOptions } from './decodingOptions.js';
import { pictureBytes } from './pictureBytes.js';

@InputType({ description: 'A picture: give exactly one of its fields.' })
export class ImageInput {
  @Field(() => String, { nullable: true, description: 'The bytes of the file in base64; a `data:` URL will do.' })
  base64?: string | null;

  @Field(() => String, { nullable: true, description: 'Public http(s) address that the server fetches it from.' })
  url?: string | null;
}

@ObjectType({ description: 'A caption that is not stored.' })
export class CaptionPreview {
  @Field(() => String, { description: 'What the model says.' })
  text!: string;

  @Field(() => [Int], { description: 'The generated tokens: prompt cut off, no padding.' })
  tokenIds!: readonly number[];

  @Field(() => Float, { description: 'Sum of the natural log-probabilities of `tokenIds`.' })
  logProb!: number;

  @Field(() => Float, { description: 'exp of the mean log-probability of `tokenIds`, 0 to 1.' })
  confidence!: number;

  @Field(() => String, { description: 'SHA-256 of the model.' })
  modelDigest!: string;

  @Field(() => String, { description: 'SHA-256 of the ECMA adapter, empty without one.' })
  adapterDigest!: string;
}

@Resolver(() => CaptionPreview)
export class PreviewCaptionResolver {
  @Mutation(() => CaptionPreview, {
    description: 'Captions a picture at once, together with what else is in the works. Nothing is stored.',
  })
  @Changes<unknown, CaptionPreview>({
    by: 'ANALYST',
    told: (_args, { text, modelDigest, adapterDigest }) => ({ text, modelDigest, adapterDigest }),
    afterwards: true,
  })
  async previewCaption(
    @Arg('image', () => ImageInput, { description: 'The picture.' }) image: ImageInput,
    @Arg('options', () => CaptionOptions, { nullable: true, description: 'How to decode it.' })
    options: CaptionOptions | null,
    @Ctx() { services, deadline: { signal } }: Context,
  ): Promise<CaptionPreview> {
    const asked = { ...services.config.captioning, ...decodingOptions(options) };
    const bytes = await bytesOf(image, { ...services, signal });
    const inference = await services.inference();
    return describe(await inference.caption({ image: { bytes }, options: asked }, signal));
  }
}

async function bytesOf(
  { base64, url }: ImageInput,
  { config, media, signal }: Pick<Context['services'], 'config' | 'media'> & { signal: AbortSignal },
): Promise<Uint8Array> {
  if ((base64 == null) === (url == null)) {
    throw new AppError('BAD_USER_INPUT', 'image: give exactly one of base64 and url');
  }
  if (url != null) return media.fetch(url, signal);
  return pictureBytes('image', base64!, config.media);
}

function describe({ caption, ...rest }: CaptionResult): CaptionPreview {
  return { text: caption, ...rest };
}
