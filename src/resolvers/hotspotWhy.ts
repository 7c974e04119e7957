// Why a hotspot is unusual.
import { Ctx, Field, FieldResolver, Float, ObjectType, Resolver, Root } from 'type-graphql';
import { burstInWords } from '../analytics/detection/burstInWords.js';
import type { Context } from '../context.js';
import type { HotspotRow } from '../db/hotspots/hotspotRow.js';
import { Hotspot } from './hotspot.js';
import { GraphQLInstant } from './scalars.js';

@ObjectType({ description: 'When a hotspot was the most unusual.' })
export class HotspotPeak {
  @Field(() => GraphQLInstant, { description: 'When.' })
  at!: Date;

  @Field(() => Float, { description: 'Surprise, as in HotspotWhy.' })
  surprise!: number;

  @Field(() => Float, { description: 'Distinct evidence in `hours`.' })
  evidence!: number;

  @Field(() => Float, { description: 'What is usual in as many hours.' })
  expected!: number;

  @Field(() => Float, { description: 'Hours in which the evidence came.' })
  hours!: number;
}

@ObjectType({ description: 'Why a hotspot is unusual, in words and numbers.' })
export class HotspotWhy {
  @Field(() => Float, {
    description:
      'Surprise: -log10 of the probability that this topic brings as much at this time of the day. 3: once in a thousand times.',
  })
  surprise!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Distinct evidence: authors, or one and a half times the different pictures and texts, whichever is less.',
  })
  evidence!: number | null;

  @Field(() => Float, { nullable: true, description: 'What is usual in as many hours.' })
  expected!: number | null;

  @Field(() => Float, { nullable: true, description: 'Hours in which the evidence came.' })
  hours!: number | null;

  @Field(() => [String], { description: 'The parts in words.' })
  words!: string[];

  @Field(() => HotspotPeak, { nullable: true, description: 'Its height so far; null before its first burst.' })
  peak!: HotspotPeak | null;
}

@Resolver(() => Hotspot)
export class WhyOfHotspotResolver {
  @FieldResolver(() => HotspotWhy, { description: 'Why it is unusual.' })
  async why(@Root() hotspot: HotspotRow, @Ctx() { loaders }: Context): Promise<HotspotWhy> {
    const { burst, peak, peakScore, score } = hotspot;
    const counts = await loaders.countsOfHotspot.load(hotspot.id);
    const words: string[] = [];
    if (burst !== null && score > 0) words.push(`now ${burstInWords(burst)}`);
    if (peak !== null && (score === 0 || peakScore >= 1.5 * score))
      words.push(`at its height, ${peak.at}, ${burstInWords(peak)}`);
    if (counts !== null) words.push(`${counts.posts} posts by ${counts.authors} authors so far`);
    words.push(
      hotspot.earlierId === null
        ? `new: found ${hotspot.emergedAt.toISOString()}`
        : `again: its earlier life is ${hotspot.earlierId}`,
    );
    const { evidence = null, expected = null, hours = null } = burst ?? {};
    const height =
      peak === null
        ? null
        : {
            at: new Date(peak.at),
            surprise: peakScore,
            evidence: peak.evidence,
            expected: peak.expected,
            hours: peak.hours,
          };
    return { surprise: score, evidence, expected, hours, words, peak: height };
  }
}
