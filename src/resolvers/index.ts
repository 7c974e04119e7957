// The schema: every resolver of the API.
import 'reflect-metadata';
import { createPubSub } from '@graphql-yoga/subscription';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import { AlertResolver, AlertsOfHotspotResolver } from './alert.js';
import { AlertRaisedResolver } from './alertRaised.js';
import { AlertRuleResolver, PreviewedAlertResolver } from './alertRule.js';
import { ApiKeyResolver } from './apiKey.js';
import { AuditEventResolver } from './auditEvent.js';
import { BackUpResolver } from './backUp.js';
import { CallerResolver } from './caller.js';
import { CaptionResolver } from './caption.js';
import { CaptionCompletedResolver } from './captionCompleted.js';
import { CaptionExplanationResolver } from './captionExplanation.js';
import { DeletePostsResolver } from './deletePosts.js';
import { DeliveryResolver } from './delivery.js';
import { DemoResolver } from './demo.js';
import { DestinationResolver } from './destination.js';
import { DetectionResolver } from './detection.js';
import { EditCaptionResolver } from './editCaption.js';
import { guardSchema } from './guardSchema.js';
import { HotspotResolver } from './hotspot.js';
import { HotspotChangedResolver } from './hotspotChanged.js';
import { DecisionsOfHotspotResolver, HotspotDecisionResolver } from './hotspotDecision.js';
import { HotspotEventResolver } from './hotspotEvent.js';
import { HotspotMutationsResolver } from './hotspotMutations.js';
import { HotspotOpinionResolver, OpinionBarResolver, OpinionOfHotspotResolver } from './hotspotOpinion.js';
import { PicturesOfHotspotResolver } from './hotspotPicture.js';
import { TimelineOfHotspotResolver } from './hotspotTimeline.js';
import { WhyOfHotspotResolver } from './hotspotWhy.js';
import { WordsOfHotspotResolver } from './hotspotWords.js';
import { ImageResolver } from './image.js';
import { ImageCopiesResolver, NearDuplicateResolver } from './imageCopies.js';
import { ImportResolver } from './import.js';
import { ImportProgressResolver } from './importProgress.js';
import { IngestPostsResolver } from './ingestPosts.js';
import { LimitsResolver } from './limits.js';
import { MapHotspotResolver, MapPictureResolver, MapResolver } from './map.js';
import { ModelResolver } from './model.js';
import { PostResolver } from './post.js';
import { PostImageResolver } from './postImage.js';
import { PreviewCaptionResolver } from './previewCaption.js';
import { QueueCountsResolver, QueueResolver } from './queue.js';
import { RecaptionResolver } from './recaption.js';
import { RefetchImagesResolver } from './refetchImages.js';
import { ReportResolver } from './report.js';
import { ReportRunResolver } from './reportRun.js';
import { RetryFailedResolver } from './retryFailed.js';
import { SearchPostsResolver } from './searchPosts.js';
import { SilenceResolver } from './silence.js';
import { stopInTime } from './stopInTime.js';
import { TestDestinationResolver } from './testDestination.js';

/** Builds the executable schema. Each of its fields asks who the context's caller is. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      PostResolver,
      PostImageResolver,
      ImageResolver,
      ImageCopiesResolver,
      NearDuplicateResolver,
      CaptionResolver,
      HotspotResolver,
      WhyOfHotspotResolver,
      TimelineOfHotspotResolver,
      WordsOfHotspotResolver,
      HotspotEventResolver,
      OpinionOfHotspotResolver,
      HotspotOpinionResolver,
      OpinionBarResolver,
      PicturesOfHotspotResolver,
      HotspotDecisionResolver,
      DecisionsOfHotspotResolver,
      HotspotMutationsResolver,
      HotspotChangedResolver,
      DetectionResolver,
      DemoResolver,
      MapResolver,
      MapHotspotResolver,
      MapPictureResolver,
      ModelResolver,
      QueueResolver,
      QueueCountsResolver,
      ImportResolver,
      ImportProgressResolver,
      IngestPostsResolver,
      DeletePostsResolver,
      BackUpResolver,
      PreviewCaptionResolver,
      SearchPostsResolver,
      EditCaptionResolver,
      RecaptionResolver,
      RefetchImagesResolver,
      RetryFailedResolver,
      ReportResolver,
      ReportRunResolver,
      CaptionCompletedResolver,
      CaptionExplanationResolver,
      CallerResolver,
      LimitsResolver,
      AlertResolver,
      AlertsOfHotspotResolver,
      AlertRaisedResolver,
      AlertRuleResolver,
      PreviewedAlertResolver,
      SilenceResolver,
      DestinationResolver,
      DeliveryResolver,
      TestDestinationResolver,
      ApiKeyResolver,
      AuditEventResolver,
    ],
    // Checked where they are read (connection.ts, decodingOptions.ts, ids.ts), with messages of our own.
    validate: false,
    // Asked for, never used: every subscription brings its own `subscribe` over Events.
    pubSub: createPubSub(),
  });
  return guardSchema(stopInTime(schema));
}
