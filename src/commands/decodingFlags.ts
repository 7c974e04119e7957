// The flags of every command that captions: which model, and how it decodes.
import { type Command, Option } from 'commander';
import type { Config } from '../config.js';
import { AppError } from '../errors.js';
import type { CaptionerOptions } from '../inference/captioner.js';
import type { DecodingOptions } from '../inference/inference.js';
import { QUANTIZATIONS, type Quantization } from '../inference/quantizations.js';
import { inWords } from '../inWords.js';
import { DEVICES, finiteNumber, tokenIds, wholeNumber } from './options.js';

export interface ModelFlags {
  readonly model?: string;
  readonly ecma: boolean;
  readonly device?: (typeof DEVICES)[number];
  readonly quantize?: Quantization;
}

const DECODING = [
  'prompt',
  'numBeams',
  'maxNewTokens',
  'minNewTokens',
  'lengthPenalty',
  'repetitionPenalty',
  'noRepeatNgramSize',
  'earlyStopping',
  'eosTokenId',
] as const satisfies readonly (keyof DecodingOptions)[];

/** Adds `--model`, `--no-ecma`, `--quantize` and `--device`. */
export function addModelFlags(command: Command): Command {
  return command
    .option('--model <dir>', 'a Hugging Face Blip2ForConditionalGeneration directory with OPT (default: HOTLENS_MODEL)')
    .option('--no-ecma', 'ignore the ecma/ adapter beside the checkpoint')
    .addOption(new Option('--quantize <type>', 'weights of fewer bits').choices(QUANTIZATIONS))
    .addOption(new Option('--device <device>', 'where to run').choices(DEVICES));
}

/** Adds a flag for each decoding option. */
export function addDecodingFlags(command: Command): Command {
  return command
    .option('--prompt <text>', 'how the caption begins; none: the empty prompt')
    .option('--num-beams <n>', 'beams of the search; 1 is greedy', wholeNumber(1))
    .option('--max-new-tokens <n>', 'longest caption', wholeNumber(1))
    .option('--min-new-tokens <n>', 'shortest caption', wholeNumber(0))
    .option('--length-penalty <x>', 'above 0 favours longer beams', finiteNumber)
    .option('--repetition-penalty <x>', 'above 1 avoids repeated tokens', finiteNumber)
    .addOption(noRepeatNgramSize())
    .option('--early-stopping', 'stop as soon as there are enough finished beams')
    .option('--eos-token-id <id>', 'end token; several: with commas between, or the option again', tokenIds);
}

/** Below this nobody has to wait for a model. */
const LARGE = 2e9;

/** Says what is about to be loaded, where that takes its time. */
function tellLargeModel(needed: number, available: number): void {
  if (needed >= LARGE)
    process.stderr.write(
      `hotlens: loading a model that needs about ${inWords(needed)} of memory, ${inWords(available)} are available\n`,
    );
}

/** How the model is opened: by the flags, and where they say nothing by the configuration. */
export function captionerOptions(flags: ModelFlags & { readonly threads?: number }, { inference, media }: Config) {
  return {
    device: flags.device ?? inference.device,
    threads: flags.threads ?? inference.threads,
    ecma: flags.ecma && inference.ecma,
    quantize: flags.quantize ?? inference.quantize,
    imageLimits: { maxPixels: media.maxPixels },
    onMemory: tellLargeModel,
  } satisfies CaptionerOptions;
}

/** The decoding options that were given. */
export function decodingOptions(flags: DecodingOptions): DecodingOptions {
  return Object.fromEntries(DECODING.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])));
}

/** Options that do not fit the model fit no picture: an error of how the command was used, `numBeams: ...` as `--num-beams: ...`. */
export function wrongFlags(error: AppError): AppError {
  const message = error.message.replace(/^[a-z]+(?:[A-Z][a-z]+)+(?=: )/, (name) => {
    return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  });
  return new AppError('CONFIG', message, { cause: error });
}

/** Commander takes every --no-x for the opposite of --x; this one is an option with a value. */
function noRepeatNgramSize(): Option {
  const option = new Option('--no-repeat-ngram-size <n>', 'no n-gram of this size twice').argParser(wholeNumber(0));
  option.negate = false;
  return option;
}
