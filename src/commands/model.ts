// hotlens model info DIR: what a model directory holds; hotlens model import DIR: brings a checkpoint into a folder of its own.
import path from 'node:path';
import { type Command, Option } from 'commander';
import { readConfig } from '../config.js';
import type { Checkpoint } from '../inference/captioner.js';
import { QUANTIZATIONS, type Quantization } from '../inference/quantizations.js';
import { addThreads } from './options.js';
import { progressBar } from './progressBar.js';
import { stopOnSignal } from './stopOnSignal.js';

export function addModel(program: Command): void {
  const model = program.command('model').description('model directories');
  model
    .command('info')
    .description('what a directory holds: shapes, parameters, share of ECMA, digest')
    .argument('<dir>', 'a Hugging Face directory: BLIP-2 with OPT, BLIP-2 retrieval, or a sentence encoder')
    .option('--json', 'one JSON object')
    .action(modelInfo);
  const imported = model
    .command('import')
    .description(
      'brings a captioner into a folder of its own, checked, with weights of fewer bits where asked; goes on where an earlier one stopped',
    )
    .argument('<dir>', 'a Hugging Face Blip2ForConditionalGeneration directory with OPT')
    .requiredOption('--out <dir>', 'a new folder, for HOTLENS_MODEL or --model')
    .addOption(new Option('--quantize <type>', 'weights of fewer bits').choices(QUANTIZATIONS));
  addThreads(imported).option('--json', 'one JSON object').action(modelImport);
}

interface ImportFlags {
  readonly out: string;
  readonly quantize?: Quantization;
  readonly threads?: number;
  readonly json?: boolean;
}

async function modelImport(source: string, { out, quantize, threads, json }: ImportFlags): Promise<void> {
  const { importModel } = await import('../inference/import/importModel.js');
  const stop = stopOnSignal('stopping; the same command goes on from here');
  const bar = progressBar('{value}/{total} MB');
  const inMb = (bytes: number) => Math.round(bytes / 1e6);
  let begun = false;
  try {
    const imported = await importModel({
      ...{ source, out, quantize, signal: stop.signal },
      threads: threads ?? readConfig().inference.threads,
      onProgress(written, bytes) {
        if (!begun) bar?.start(inMb(bytes), inMb(written));
        begun = true;
        bar?.update(inMb(written));
      },
    });
    bar?.stop();
    if (!imported.whole) {
      process.exitCode = 1;
      return;
    }
    const { parameters, bytes, resumedAt } = imported;
    const facts = { directory: out, quantize: quantize ?? 'none', parameters, bytes };
    if (json === true) process.stdout.write(`${JSON.stringify(facts)}\n`);
    else {
      const before = resumedAt === 0 ? '' : `, ${inMb(resumedAt)} MB of them before`;
      process.stdout.write(
        `${out}: ${parameters.toLocaleString('en')} parameters${quantize === undefined ? '' : `, ${quantize}`}, ${inMb(bytes)} MB${before}\n`,
      );
    }
  } finally {
    bar?.stop();
    stop.forget();
  }
}

async function modelInfo(directory: string, options: { json?: boolean }): Promise<void> {
  const { readJson } = await import('../inference/checkpoint/weights.js');
  const { model_type: type } = (await readJson(path.join(directory, 'config.json'))) as { model_type?: unknown };
  const facts = type === 'blip-2' ? await blip2Facts(directory) : await encoderFacts(directory);
  if (options.json === true) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else
    process.stdout.write(
      Object.entries(facts)
        .map(([name, value]) => `${`${name}:`.padEnd(26)}${shown(value)}\n`)
        .join(''),
    );
}

async function blip2Facts(directory: string): Promise<Record<string, unknown>> {
  const { openCheckpoint } = await import('../inference/captioner.js');
  const { countNumbers, storedTypes } = await import('../inference/checkpoint/storedFewBits.js');
  const checkpoint = await openCheckpoint(directory);
  const { config, adapter, base } = checkpoint;
  const { vision, qformer, text } = config;
  const queryFormer = countNumbers(base.tensors, (name) => /^(qformer\.|query_tokens|embeddings\.)/.test(name));
  return {
    architecture: config.architecture,
    digest: checkpoint.digest,
    parameters: base.parameterCount,
    storedAs: storedTypes(base.tensors).join(', '),
    ...(text === null ? {} : await memoryFacts(checkpoint)),
    vision: `${vision.num_hidden_layers} layers x ${vision.hidden_size}, ${vision.num_attention_heads} heads, ${vision.image_size} px in patches of ${vision.patch_size}`,
    visionParameters: countNumbers(base.tensors, (name) => name.startsWith('vision_model.')),
    qformer: `${config.numQueryTokens} queries x ${qformer.hidden_size}, ${qformer.num_hidden_layers} layers, cross-attention in 1 of ${qformer.cross_attention_frequency}`,
    qformerParameters: queryFormer,
    ...(text === null
      ? { sharedSpace: config.imageTextHiddenSize }
      : {
          languageModel: `OPT, ${text.num_hidden_layers} layers x ${text.hidden_size}, ${text.num_attention_heads} heads, ${text.vocab_size} tokens`,
          languageModelParameters: countNumbers(base.tensors, (name) => name.startsWith('language_model.')),
        }),
    ecma:
      adapter === undefined
        ? 'none'
        : `${adapter.config.regime}, ${adapter.parameterCount} parameters (${((100 * adapter.parameterCount) / queryFormer).toFixed(1)} % of the Q-Former)`,
    ...(adapter === undefined
      ? {}
      : {
          ecmaParameters: adapter.parameterCount,
          ecmaShareOfQformer: adapter.parameterCount / queryFormer,
          ecmaDigest: adapter.digest,
          ecmaConfig: adapter.config,
        }),
  };
}

/** Bytes of memory that the captioner needs, and would need if it were imported with weights of fewer bits. */
async function memoryFacts(checkpoint: Checkpoint): Promise<Record<string, number>> {
  const { importedNeed, memoryNeed } = await import('../inference/memoryNeed.js');
  const whole = checkpoint.quantization === undefined;
  return {
    memoryBytes: Math.round(memoryNeed(checkpoint, checkpoint.quantization)),
    ...(whole
      ? {
          memoryBytesInInt8: Math.round(importedNeed(checkpoint, 'int8')),
          memoryBytesInInt4: Math.round(importedNeed(checkpoint, 'int4')),
        }
      : {}),
  };
}

async function encoderFacts(directory: string): Promise<Record<string, unknown>> {
  const { openEmbedder } = await import('../inference/embedding/embedder.js');
  const { readSentenceConfig } = await import('../inference/embedding/sentenceConfig.js');
  const { encoder, pooling, normalize, maxTokens } = await readSentenceConfig(directory);
  const embedder = await openEmbedder(directory, { device: 'cpu' });
  const { architecture, digest, parameters, dimension } = embedder.info;
  await embedder.dispose();
  return {
    architecture,
    digest,
    parameters,
    encoder: `${encoder.layers} layers x ${encoder.width}, ${encoder.heads} heads, ${encoder.vocabSize} tokens`,
    pooling: pooling.join(', '),
    normalized: normalize,
    dimension,
    maxTokens,
  };
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
