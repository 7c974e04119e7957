// How much may come in at once, for whoever is about to send it.
import { Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.js';

@ObjectType({ description: 'What is refused for its size, as this server is set.' })
export class Limits {
  @Field(() => Int, { description: 'Bytes of one picture.' })
  pictureBytes!: number;

  @Field(() => Int, { description: 'Pixels of one picture.' })
  picturePixels!: number;

  @Field(() => Float, { description: 'Bytes of one upload, all its files together.' })
  uploadBytes!: number;
}

@Resolver()
export class LimitsResolver {
  @Query(() => Limits, { description: 'How large what comes in may be.' })
  limits(@Ctx() { services: { config } }: Context): Limits {
    const { maxBytes, maxPixels } = config.media;
    return { pictureBytes: maxBytes, picturePixels: maxPixels, uploadBytes: config.uploadMaxBytes };
  }
}
