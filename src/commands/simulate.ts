// hotlens simulate: a city that does not exist, as files or played into a running Hotlens.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { readDate } from '../ingest/readDate.js';
import { finiteNumber, wholeNumber } from './options.js';
import { printable } from './printable.js';
import { progressBar } from './progressBar.js';

interface SimulateCommandOptions {
  readonly out?: string;
  readonly play?: string;
  readonly seed: number;
  readonly start: number;
  readonly days: number;
  readonly rate: number;
  readonly late: number;
  readonly images?: true;
  readonly size: number;
  readonly speed: number;
  readonly cache?: string;
}

export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('makes up a stream of posts with planted events, traps and their truth')
    .option('--out <dir>', 'a new or empty folder for posts.ndjson and truth.json')
    .option('--play <url>', 'a running Hotlens that the posts are sent to, with their pictures')
    .option('--seed <n>', 'another seed, another city', wholeNumber(0), 1)
    .option('--days <n>', 'how long', atLeast(2), 7)
    .option('--rate <x>', 'how much is posted: 1 is 10,000 posts in seven days', above(0), 1)
    .option('--late <share>', 'of the posts that arrive later than they were made', share, 0)
    .option('--start <date>', 'when it begins; --play ends it now', date, Date.UTC(2026, 2, 2))
    .option('--images', 'with --out: draws the pictures into images/ (needs the development dependencies)')
    .option('--size <px>', 'width and height of the pictures', wholeNumber(32), 192)
    .addOption(new Option('--speed <x>', 'with --play: simulated seconds a second').argParser(atLeast(1)).default(60))
    .option('--cache <dir>', 'where rasterised sprites are kept (default: ~/.cache/hotlens)')
    .action(simulateCommand);
}

function atLeast(low: number): (text: string) => number {
  return (text) => {
    const value = finiteNumber(text);
    if (value < low) throw new InvalidArgumentError(`expected a number of at least ${low}`);
    return value;
  };
}

function above(low: number): (text: string) => number {
  return (text) => {
    const value = finiteNumber(text);
    if (value <= low) throw new InvalidArgumentError(`expected a number above ${low}`);
    return value;
  };
}

function share(text: string): number {
  const value = finiteNumber(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('expected a share from 0 to 1');
  return value;
}

function date(text: string): number {
  const value = readDate(text)?.getTime();
  if (value === undefined) throw new InvalidArgumentError('expected a date, such as 2026-03-02T00:00:00Z');
  return value;
}

async function simulateCommand({ out, play: target, images, size, speed, cache, ...options }: SimulateCommandOptions) {
  if ((out === undefined) === (target === undefined))
    throw new AppError('CONFIG', 'expected either --out DIR, for files, or --play URL, for a running Hotlens');
  const { simulate } = await import('../simulation/simulate.js');
  const simulation = simulate(options);
  const { truth, pictures } = simulation;
  const told = `${truth.count} posts, ${truth.events.length} events, ${truth.traps.length} traps`;
  const drawn = target !== undefined || images === true;
  const sprites = drawn ? await openSheet(cache) : undefined;
  if (target !== undefined) {
    await playInto(endpoint(target), simulation, { speed, sprites: sprites!, size });
    return;
  }
  const { writeSimulation } = await import('../simulation/writeSimulation.js');
  const bar = drawn ? progressBar('{value}/{total} pictures') : undefined;
  bar?.start(pictures.size, 0);
  try {
    const onPicture = (done: number) => bar?.update(done);
    await writeSimulation(simulation, { out: out!, onPicture, ...(sprites && { images: { sprites, size } }) });
  } finally {
    bar?.stop();
  }
  process.stdout.write(`${out}: ${told}${drawn ? `, ${pictures.size} pictures` : ''}\n`);
}

async function openSheet(cache: string | undefined) {
  const { openSprites } = await import('../training/scenes/sprites.js');
  return openSprites(cache === undefined ? {} : { cacheDir: cache });
}

function endpoint(target: string): string {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new AppError('CONFIG', `--play: expected an address such as http://localhost:4000, got ${printable(target)}`);
  if (url.pathname === '/') url.pathname = '/graphql';
  return url.href;
}

type Played = Pick<Parameters<typeof import('../simulation/play.js').play>[1], 'speed' | 'sprites' | 'size'>;

async function playInto(url: string, simulation: import('../simulation/simulate.js').Simulation, options: Played) {
  const { play } = await import('../simulation/play.js');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const { posts, truth } = simulation;
  const bar = progressBar('{percentage} % | {value}/{total} posts | {at}');
  bar?.start(posts.length, 0, { at: '' });
  let done = 0;
  try {
    await play(simulation, {
      ...options,
      url,
      key: readConfig().key,
      signal: stop.signal,
      onSent: (sent, at) => {
        done = sent;
        bar?.update(sent, { at: at.toISOString() });
      },
      onFailure: (reason) => process.stderr.write(`${printable(reason)}\n`),
    });
  } finally {
    bar?.stop();
  }
  process.stdout.write(`${url}: ${done} of ${posts.length} posts sent, ${truth.events.length} events among all\n`);
}
