// What the dashboard asks when somebody looks around in a large database: variables for every query, by query and by case.
import { readFileSync } from 'node:fs';
import { HUGE } from './fillTold.js';

const RULE = { name: 'trial', windowMinutes: 60, cooldownMinutes: 360 };
const report = (since, until) => ({ name: 'Hotspots', timeZone: 'UTC', question: { since, until } });

/** `times` sets of variables for each case, of what the database has. */
export async function questions(pool, times) {
  const ask = async (sql, ...values) => (await pool.query(sql, values)).rows;
  const each = (rows, variables) => Array.from({ length: times }, (_, i) => variables(rows[i % rows.length], i));
  const same = (variables) => each([variables], (one) => one);

  const bySize = await ask(
    `SELECT hotspot_id AS id, count(*)::int AS posts FROM detection_posts WHERE hotspot_id IS NOT NULL GROUP BY 1 ORDER BY posts DESC`,
  );
  const large = bySize.filter(({ id }) => id !== HUGE).slice(0, 10);
  const usual = bySize.slice(bySize.length >> 1, (bySize.length >> 1) + 100);
  const pictures = await ask(`SELECT sha256 FROM images TABLESAMPLE SYSTEM (1) LIMIT $1`, times);
  const authors = await ask(`SELECT author FROM posts TABLESAMPLE SYSTEM (0.1) LIMIT $1`, times);
  const [{ newest }] = await ask('SELECT max(posted_at) AS newest FROM posts');
  const before = (days) => new Date(newest.getTime() - days * 86_400_000).toISOString();
  const tags = await ask(
    `SELECT substring(text from '#(tag\\d{4,})') AS tag FROM posts TABLESAMPLE SYSTEM (1) WHERE text ~ '#tag\\d{4,}' LIMIT $1`,
    times,
  );
  const [{ found: common }] = await ask(
    `SELECT array_agg(word) AS found FROM (SELECT word FROM ts_stat('SELECT words FROM post_words ORDER BY posted_at DESC LIMIT 20000') WHERE length(word) > 3 ORDER BY ndoc DESC LIMIT 30) w`,
  );
  const [{ found: fairly }] = await ask(
    `SELECT array_agg(word) AS found FROM (SELECT word FROM ts_stat('SELECT words FROM post_words ORDER BY posted_at DESC LIMIT 20000') WHERE length(word) > 3 AND ndoc BETWEEN 100 AND 400 ORDER BY word LIMIT 100) w`,
  );
  const captions = (await ask(`SELECT text FROM captions TABLESAMPLE SYSTEM (0.1) LIMIT $1`, times)).map(
    ({ text }) => text,
  );
  const imports = await ask('SELECT id FROM imports ORDER BY started_at DESC LIMIT $1', times);
  const [{ id: worst }] = await ask('SELECT id FROM imports ORDER BY rejected DESC LIMIT 1');
  const [{ most: numbers }] = await ask('SELECT max(number) AS most FROM map_points');
  const alerts = await ask('SELECT id FROM alerts ORDER BY at DESC LIMIT $1', times);
  const picture = (name) => readFileSync(`samples/images/${name}.jpg`).toString('base64');
  const huge = (variables, which = '') => ({
    [`of 100,000 posts${which}`]: each([HUGE], (id, i) => variables(id, i)),
  });
  const search = (rows, variables) => each(rows, (row, i) => ({ first: 30, ...variables(row, i) }));

  return {
    Status: { '': same({}) },
    Demo: { '': same({}) },
    System: { '': same({}) },
    Now: {
      trending: same({ first: 24, state: ['LIVING'], orderBy: 'TRENDING' }),
      newest: same({ first: 24, state: ['LIVING', 'ENDED'], orderBy: 'NEWEST' }),
      largest: same({ first: 24, state: ['LIVING', 'ENDED'], orderBy: 'LARGEST' }),
      ended: same({ first: 24, state: ['ENDED'], orderBy: 'PEAK' }),
    },
    Changes: { 'last day': same({ since: before(1), first: 12 }), ever: same({ since: before(1000), first: 12 }) },
    LatestPosts: { '': same({ first: 12, filter: { status: 'COMPLETED' } }) },
    Hotspot: {
      usual: each(usual, ({ id }) => ({ id })),
      large: each(large, ({ id }) => ({ id })),
      ...huge((id) => ({ id })),
    },
    HotspotTimeline: {
      usual: each(usual, ({ id }) => ({ id, minutes: 60, last: 168 })),
      large: each(large, ({ id }) => ({ id, minutes: 60, last: 168 })),
      ...huge((id) => ({ id, minutes: 60, last: 168 })),
    },
    HotspotPictures: {
      usual: each(usual, ({ id }) => ({ id, first: 100, skip: 0, orderBy: 'NEWEST' })),
      'large, the newest': each(large, ({ id }) => ({ id, first: 100, skip: 0, orderBy: 'NEWEST' })),
      'large, the most posted': each(large, ({ id }) => ({ id, first: 100, skip: 0, orderBy: 'MOST_POSTED' })),
      'large, in the middle, as of before': each(large, ({ id }) => ({
        id,
        first: 100,
        skip: 1000,
        orderBy: 'NEWEST',
        asOf: before(0),
      })),
      ...huge((id) => ({ id, first: 100, skip: 0, orderBy: 'NEWEST' }), ', the newest'),
      ...huge((id) => ({ id, first: 100, skip: 0, orderBy: 'MOST_POSTED' }), ', the most posted'),
      ...huge(
        (id, i) => ({ id, first: 100, skip: 1000 * i, orderBy: 'NEWEST', asOf: before(0) }),
        ', scrolled through',
      ),
    },
    HotspotPictureCount: { large: each(large, ({ id }) => ({ id })), ...huge((id) => ({ id })) },
    HotspotPosts: {
      usual: each(usual, ({ id }) => ({ id, first: 100 })),
      large: each(large, ({ id }) => ({ id, first: 100 })),
      ...huge((id) => ({ id, first: 100 })),
    },
    HotspotChoices: { '': same({ first: 100 }) },
    BarPosts: {
      usual: each(usual, ({ id }, i) => ({
        first: 100,
        filter: { hotspotId: id, since: before(i + 1), until: before(i) },
      })),
      large: each(large, ({ id }, i) => ({
        first: 100,
        filter: { hotspotId: id, since: before(i + 1), until: before(i) },
      })),
    },
    CaptionMap: { 'last day': same({ hours: 24 }), 'last week': same({ hours: 168 }) },
    MapPictures: {
      '': each(imports, (_, i) => ({
        numbers: Array.from({ length: 60 }, (__, k) => 1 + ((i * 7919 + k * 104_729) % numbers)),
      })),
    },
    Imports: { '': same({ first: 25 }) },
    ImportState: { '': each(imports, ({ id }) => ({ id })) },
    RejectedRows: { 'of 100,000': same({ id: worst, first: 100 }) },
    Limits: { '': same({}) },
    Captioner: { '': same({}) },
    Alerts: { '': same({ first: 25 }), 'that fire still': same({ first: 25, firing: true }) },
    AlertToSilence: { '': each(alerts, ({ id }) => ({ id })) },
    AlertRules: { '': same({}) },
    RuleDestinations: { '': same({}) },
    PreviewAlertRule: {
      '7 days': same({ days: 7, rule: { ...RULE, metric: 'SCORE', threshold: 2 } }),
      '7 days, by authors': same({ days: 7, rule: { ...RULE, metric: 'AUTHORS', threshold: 5 } }),
      '7 days, by words': each(fairly, (word) => ({
        days: 7,
        rule: { ...RULE, metric: 'KEYWORD', threshold: 2, keywords: [word] },
      })),
    },
    Silences: { '': same({}) },
    Outbox: { '': same({ first: 50 }), 'that failed': same({ first: 50, status: 'FAILED' }) },
    Destinations: { '': same({}) },
    Reports: { '': same({ first: 100, runs: 25 }) },
    ReportDestinations: { '': same({}) },
    PreviewReport: {
      'of a day': each([...Array(60).keys()], (day) => report(before(day + 1), before(day))),
      'of a week': each([...Array(15).keys()], (week) => report(before(7 * week + 7), before(7 * week))),
      // Some seconds each.
      'of all': each([0], () => report(before(200), before(0))).slice(0, 5),
    },
    Keys: { '': same({ first: 50 }) },
    Audit: { '': same({ first: 50 }) },
    PictureDetail: { '': each(pictures, ({ sha256 }) => ({ sha256 })) },
    FilteredPosts: {
      all: same({ first: 30 }),
      author: each(authors, ({ author }) => ({ first: 30, filter: { author } })),
      source: same({ first: 30, filter: { source: 'mastodon' } }),
      'a language that most posts are in': same({ first: 30, filter: { language: ['en'] } }),
      'a language that none is in': same({ first: 30, filter: { language: ['xx'] } }),
      'a day': each([...Array(60).keys()], (day) => ({
        first: 30,
        filter: { since: before(day + 1), until: before(day) },
      })),
      'rare text': each(tags, ({ tag }) => ({ first: 30, filter: { text: tag } })),
      'text of a caption': each(captions, (text) => ({ first: 30, filter: { text } })),
      'text that is nowhere': each(tags, ({ tag }) => ({ first: 30, filter: { text: `x${tag}` } })),
    },
    SearchPosts: {
      'a rare word': search(tags, ({ tag }) => ({ words: tag })),
      'a word of one post in a hundred': search(fairly, (words) => ({ words })),
      'a common word': search(common, (words) => ({ words })),
      'two words': search(fairly, (word, i) => ({ words: `${word} ${common[i % common.length]}` })),
      'a whole caption': search(captions, (words) => ({ words })),
      'a phrase': search(captions, (text) => ({ words: `"${text.split(' ').slice(0, 4).join(' ')}"` })),
      emoji: search(['🔥', '😍', '👀', '🦄'], (words) => ({ words })),
      'a word, of an author': search(authors, ({ author }, i) => ({
        words: fairly[i % fairly.length],
        filter: { author },
      })),
      'a word, of a source': search(fairly, (words) => ({ words, filter: { source: 'mastodon' } })),
      'a word, of a day': search(fairly, (words, i) => ({ words, filter: { since: before(i + 1), until: before(i) } })),
      'a word, of a hotspot': search(usual, ({ id }, i) => ({
        words: fairly[i % fairly.length],
        filter: { hotspotId: id },
      })),
      'a word, of a large hotspot': search(large, ({ id }, i) => ({
        words: fairly[i % fairly.length],
        filter: { hotspotId: id },
      })),
      'a picture': search(['flood-cat', 'snow-dog', 'beach-noon', 'fire-dawn', 'dogs-park'].map(picture), (one) => ({
        picture: one,
      })),
    },
  };
}
