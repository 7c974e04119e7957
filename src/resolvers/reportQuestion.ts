// What a report asks: which posts, of what time, counted by what.
import { Field, InputType, registerEnumType } from 'type-graphql';
import { AppError } from '../errors.js';
import { readQuestion } from '../reports/hotspotReport/question.js';
import { GraphQLInstant } from './scalars.js';

const LASTS = { DAY: 'DAY', WEEK: 'WEEK' } as const;
registerEnumType(LASTS, {
  name: 'ReportLast',
  description: 'A time that ends when the report is due.',
  valuesConfig: { DAY: { description: '24 hours.' }, WEEK: { description: 'Seven times 24 hours.' } },
});
const GROUPINGS = { NONE: 'NONE', SOURCE: 'SOURCE', LANGUAGE: 'LANGUAGE' } as const;
registerEnumType(GROUPINGS, {
  name: 'ReportGrouping',
  description: 'What the posts of each hotspot are counted by, beside the whole.',
  valuesConfig: {
    NONE: { description: 'Nothing else.' },
    SOURCE: { description: 'Their sources.' },
    LANGUAGE: { description: 'Their languages.' },
  },
});

@InputType({ description: 'Which posts a report is about; all that is given must hold.' })
export class ReportFilterInput {
  @Field(() => String, { nullable: true, description: 'Exactly this source.' })
  source?: string | null;

  @Field(() => String, { nullable: true, description: 'Exactly this author.' })
  author?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Found in the post or in a caption that is shown, as `posts` does.',
  })
  text?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'BCP 47 tag, as the sources tell it: `en` is English of any country.',
  })
  language?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Has (or has not) a picture.' })
  hasImage?: boolean | null;
}

@InputType({ description: 'What a report asks. Its window is compared with the one of the same length before.' })
export class ReportQuestionInput {
  @Field(() => ReportFilterInput, { nullable: true, description: 'Which posts; all where it is left out.' })
  filter?: ReportFilterInput | null;

  @Field(() => LASTS, { nullable: true, description: 'The day or week before it is due (default: DAY).' })
  last?: keyof typeof LASTS | null;

  @Field(() => GraphQLInstant, {
    nullable: true,
    description: 'With `until`, and in the place of `last`: a fixed window.',
  })
  since?: Date | null;

  @Field(() => GraphQLInstant, { nullable: true, description: 'Its end, exclusive.' })
  until?: Date | null;

  @Field(() => GROUPINGS, { defaultValue: 'NONE', description: 'What posts are counted by, beside the whole.' })
  grouping!: keyof typeof GROUPINGS;
}

/** As it is kept. Throws AppError BAD_USER_INPUT where its window is given twice or by half. */
export function questionOf({ filter, last, since, until, grouping }: ReportQuestionInput) {
  const given = Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value != null));
  if ((since == null) !== (until == null) || (since != null && last != null))
    throw new AppError('BAD_USER_INPUT', 'question: expected since and until together, or last');
  const window = since == null ? { last: last ?? 'DAY' } : { since, until };
  return readQuestion({ filter: given, window, grouping });
}
