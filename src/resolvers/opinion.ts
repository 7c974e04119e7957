// What a text says of its author's feeling, as the API shows it.
import { Field, Float, ObjectType, registerEnumType } from 'type-graphql';
import { classOf } from '../analytics/opinion/opinion.js';

const OPINION_CLASSES = { NEGATIVE: 'NEGATIVE', NEUTRAL: 'NEUTRAL', POSITIVE: 'POSITIVE', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(OPINION_CLASSES, {
  name: 'OpinionClass',
  description: 'How a text feels.',
  valuesConfig: {
    NEGATIVE: { description: 'Against.' },
    NEUTRAL: { description: 'Nothing either way.' },
    POSITIVE: { description: 'For.' },
    UNKNOWN: { description: 'In a language that can’t be read, or without words.' },
  },
});

@ObjectType({ description: 'What a text says of its author’s feeling.' })
export class Opinion {
  @Field(() => Float, { nullable: true, description: '-1 to 1; null where it is unknown.' })
  score!: number | null;

  @Field(() => OPINION_CLASSES, { description: 'Its class.' })
  class!: keyof typeof OPINION_CLASSES;
}

const CLASSES = { negative: 'NEGATIVE', neutral: 'NEUTRAL', positive: 'POSITIVE', unknown: 'UNKNOWN' } as const;

export function opinionOfScore(score: number | null): Opinion {
  return { score, class: score === null ? 'UNKNOWN' : CLASSES[classOf(score)] };
}
