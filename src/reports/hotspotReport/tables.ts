// The numbers of a report as the HTML and the PDF both set them: names with what they are, and rows of a table.
import { AGREEMENT } from '../../analytics/opinion/opinion.js';
import { postsChart } from '../charts/postsChart.js';
import type { Drawing } from '../charts/shapes.js';
import type { FoundHotspot } from './findings.js';
import type { HotspotReport, ReportedHotspot } from './hotspotReport.js';
import { clockIn, momentIn, spanIn } from './moment.js';
import { changed, count, number, opinionInWords, percent, signed } from './wording.js';

export type Fact = readonly [name: string, value: string];

/** The four that stand on top. */
export function keyFigures({ seen, counts }: HotspotReport): Fact[] {
  const captioned = seen.pictures === 0 ? 'none' : percent(seen.captioned / seen.pictures);
  return [
    [`posts, ${signed(seen.posts - seen.postsBefore)} against the window before`, number(seen.posts)],
    [`authors, ${signed(seen.authors - seen.authorsBefore)}`, number(seen.authors)],
    [`of ${count(seen.pictures, 'picture')} captioned`, captioned],
    ['hotspots new, grown, cooled', `${counts.NEW} · ${counts.GREW} · ${counts.COOLED}`],
  ];
}

/** What is told of a hotspot beside its reason. */
export function factsOf(hotspot: ReportedHotspot): Fact[] {
  const { posts, postsBefore, authors, authorsBefore, ratio, opinion, opinionChange, mergedInto, groups } = hotspot;
  const times = ratio === null || ratio === 0 || ratio === 1 ? '' : `, ${Number(ratio.toPrecision(2))} times as many`;
  const facts: Fact[] = [
    ['Posts', `${changed(posts, postsBefore, 'post')}${times}`],
    ['Authors', changed(authors, authorsBefore, 'author')],
    [
      'Unusual',
      `${number(Math.round(hotspot.peakScore))} at its height: once in ${power(hotspot.peakScore)} times by chance`,
    ],
    [
      'Opinion',
      `${opinionInWords(opinion)}${opinionChange === null ? '' : `, ${signed(opinionChange, 2)} against before`}`,
    ],
  ];
  if (mergedInto !== null) facts.push(['Now part of', mergedInto.title === '' ? mergedInto.id : mergedInto.title]);
  if (groups.length > 0)
    facts.push([
      'By group',
      groups
        .slice(0, 8)
        .map(
          ({ name, posts, postsBefore }) =>
            `${name === '' ? 'not told' : name} ${number(posts)} (${number(postsBefore)} before)`,
        )
        .join(', '),
    ]);
  return facts;
}

/** 3.2 -> "1,600", 7.1 -> "13 million". */
function power(surprise: number): string {
  if (surprise >= 12) return 'more than a trillion';
  const [least, name] = surprise >= 9 ? [9, ' billion'] : surprise >= 6 ? [6, ' million'] : [0, ''];
  return `${number(Number((10 ** (surprise - least)).toPrecision(2)))}${name}`;
}

export const SOURCES = {
  says: 'Posts and pictures by source; a picture that is neither captioned nor failed waits.',
  columns: ['Source', 'Posts', 'Before', 'Authors', 'Pictures', 'Captioned', 'Failed', 'Sensitive'],
};

export function sourceRows({ seen: { sources } }: HotspotReport): string[][] {
  return sources.map((source) => [
    source.source,
    number(source.posts),
    number(source.postsBefore),
    number(source.authors),
    number(source.pictures),
    source.pictures === 0 ? '–' : `${number(source.captioned)} (${percent(source.captioned / source.pictures)})`,
    number(source.failed),
    number(source.sensitive),
  ]);
}

/** What was not seen, in sentences. */
export function unseen({ seen, muted, counts, timeZone, removed, new: fresh, grew, cooled }: HotspotReport): string[] {
  const said = seen.gaps.map(
    ({ source, since, until, usual }) =>
      `${source} was silent from ${momentIn(timeZone, since)} to ${momentIn(timeZone, until)}, where ${count(Math.round(usual), 'post')} are usual.`,
  );
  if (seen.gaps.length === 0) said.push('No source that usually posts was silent for longer than chance explains.');
  const { imports, refused, failed } = seen.imports;
  if (imports > 0)
    said.push(
      `${count(imports, 'import')} began in this time: ${count(refused, 'row')} refused${failed > 0 ? `, ${failed} not read to the end` : ''}.`,
    );
  if (seen.waiting > 0)
    said.push(`${count(seen.waiting, 'post')} waited for captions or for detection when this was made.`);
  if (muted > 0)
    said.push(`${count(muted, 'hotspot')} left out because a person muted ${muted === 1 ? 'it' : 'them'}.`);
  const all = counts.NEW + counts.GREW + counts.COOLED;
  const shown = fresh.length + grew.length + cooled.length + removed.hotspots;
  if (all > shown) said.push(`${count(all - shown, 'hotspot')} with smaller changes are not listed.`);
  const { posts, pictures, hotspots } = removed;
  if (posts + pictures + hotspots > 0)
    said.push(
      `Deleted since this was made, and no longer shown: ${[count(posts, 'post'), count(pictures, 'picture'), count(hotspots, 'hotspot')].join(', ')}. The numbers are as they were.`,
    );
  return said;
}

/** What was asked, and with what it was answered. */
export function provenance(report: HotspotReport): Fact[] {
  const { question, timeZone, window, before, made, madeAt, madeBy, dueAt, missed } = report;
  const { filter, grouping } = question;
  const asked = Object.entries({ ...filter, ...(grouping !== 'NONE' && { 'counted by': grouping.toLowerCase() }) });
  const facts: Fact[] = [
    [
      'Asked for',
      asked.length === 0 ? 'all posts' : asked.map(([name, value]) => `${name}: ${String(value)}`).join('; '),
    ],
    ['Window', `${spanIn(timeZone, window)} (${timeZone})`],
    ['Compared with', spanIn(timeZone, before)],
    ['Made', `${momentIn(timeZone, madeAt)} by ${madeBy}`],
  ];
  if (dueAt !== null)
    facts.push([
      'Due',
      `${momentIn(timeZone, dueAt)}${missed > 0 ? `; it stands for ${count(missed, 'earlier time')} of its schedule too, at which nothing ran` : ''}`,
    ]);
  for (const { modelDigest, adapterDigest, prompt, options, pictures } of made.captioners) {
    const settings = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    const decoding = [
      prompt === '' ? 'no prompt' : `prompt “${prompt}”`,
      ...(settings.length === 0 ? ['decoding as the checkpoint has it'] : settings),
    ];
    facts.push([
      'Captioner',
      `${modelDigest}${adapterDigest === '' ? ', no adapter' : `, adapter ${adapterDigest}`}; ${decoding.join(', ')}; ${count(pictures, 'picture')}`,
    ]);
  }
  if (made.captioners.length === 0) facts.push(['Captioner', 'no picture in this window has a caption']);
  if (made.edited > 0) facts.push(['Worded by people', count(made.edited, 'picture')]);
  if (made.detection === null) facts.push(['Detection', 'has not begun']);
  else {
    const { lastStepAt, coveredHours, embedderDigest, embed, opinionModel, tuning } = made.detection;
    facts.push(
      ['Embedder', embedderDigest],
      [
        'Detection',
        `of ${embed === 'caption' ? 'captions (texts where there is none)' : 'captions and texts'}; last step ${lastStepAt === null ? 'none' : momentIn(timeZone, lastStepAt)}; ${number(Math.round(coveredHours))} h say what is usual; listed from a surprise of ${String(tuning.list)}, born from ${String(tuning.birth)}; all settings are in the JSON`,
      ],
      [
        'Opinion',
        opinionModel === null
          ? `by lexicon; correlation with people’s ratings ${AGREEMENT.pearson} (${AGREEMENT.low} to ${AGREEMENT.high}) on ${AGREEMENT.on}`
          : `by the classifier ${opinionModel}`,
      ],
    );
  }
  facts.push(
    ['New', 'found within the window'],
    [
      'Grew, cooled',
      'the number of posts differs from the window before by more than two standard deviations of two equal rates',
    ],
  );
  return facts;
}

/** Posts of the whole or of a hotspot over both windows. */
export function chartOf(
  { bars }: Pick<FoundHotspot, 'bars'>,
  { timeZone, window, before }: Pick<HotspotReport, 'timeZone' | 'window' | 'before'>,
  size: { readonly width: number; readonly height: number },
): Drawing {
  const short = (time: string) => {
    const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short' }).format(new Date(time));
    return `${day}, ${clockIn(timeZone, time)}`;
  };
  return postsChart({ bars, ...size, ends: [short(before.since), short(window.since), short(window.until)] });
}

/** What each section is called, and what it says where it is empty. */
export const SECTIONS = [
  { key: 'new', id: 'new', title: 'New', empty: 'No hotspot was found in this window.' },
  { key: 'grew', id: 'grew', title: 'Grew', empty: 'No hotspot grew by more than chance explains.' },
  { key: 'cooled', id: 'cooled', title: 'Cooled', empty: 'No hotspot cooled by more than chance explains.' },
] as const;

export const NOTE =
  'Words and pictures are those of the posts’ authors; captions are written by a model and can be wrong. Posts that are deleted at their source, by request or by age disappear from this report when it is opened from Hotlens again: pass on the link rather than the file, and delete files that are no longer needed.';
