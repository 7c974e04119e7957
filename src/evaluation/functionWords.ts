// English function words as METEOR 1.5 counts them: words, marks and endings that weigh less than content words.

export const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  `the , . to of and a in that for " is on 's it with was as said at he by be from have has are his but an this not
i will ’ they ) -rrb- ( -lrb- who their had we which were been more or s its would about new one after you :
also up when there than $ all out her people she year two - can if last first “ over other ” into some what so
-- no time years could ? 't — '`.split(/\s+/),
);
