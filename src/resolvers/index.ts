// The schema: every resolver of the API.
import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { BackUpResolver } from './backUp.js';
import { CaptionResolver } from './caption.js';
import { CaptionCompletedResolver } from './captionCompleted.js';
import { DeletePostsResolver } from './deletePosts.js';
import { DetectionResolver } from './detection.js';
import { EditCaptionResolver } from './editCaption.js';
import { HotspotResolver } from './hotspot.js';
import { HotspotChangedResolver } from './hotspotChanged.js';
import { HotspotEventResolver } from './hotspotEvent.js';
import { HotspotMutationsResolver } from './hotspotMutations.js';
import { HotspotOpinionResolver, OpinionBarResolver, OpinionOfHotspotResolver } from './hotspotOpinion.js';
import { ImageResolver } from './image.js';
import { ImportResolver } from './import.js';
import { IngestPostsResolver } from './ingestPosts.js';
import { ModelResolver } from './model.js';
import { PostResolver } from './post.js';
import { PostImageResolver } from './postImage.js';
import { PreviewCaptionResolver } from './previewCaption.js';
import { QueueResolver } from './queue.js';
import { RecaptionResolver } from './recaption.js';
import { RefetchImagesResolver } from './refetchImages.js';

/** Builds the executable schema. */
export function createSchema(): GraphQLSchema {
  return buildSchemaSync({
    resolvers: [
      PostResolver,
      PostImageResolver,
      ImageResolver,
      CaptionResolver,
      HotspotResolver,
      HotspotEventResolver,
      OpinionOfHotspotResolver,
      HotspotOpinionResolver,
      OpinionBarResolver,
      HotspotMutationsResolver,
      HotspotChangedResolver,
      DetectionResolver,
      ModelResolver,
      QueueResolver,
      ImportResolver,
      IngestPostsResolver,
      DeletePostsResolver,
      BackUpResolver,
      PreviewCaptionResolver,
      EditCaptionResolver,
      RecaptionResolver,
      RefetchImagesResolver,
      CaptionCompletedResolver,
    ],
    // Checked where they are read (connection.ts, decodingOptions.ts, ids.ts), with messages of our own.
    validate: false,
    // Asked for, never used: every subscription brings its own `subscribe` over Events.
    pubSub: createPubSub(),
  });
}
