// hotlens model info DIR: what a model directory holds.
import path from 'node:path';
import type { Command } from 'commander';
import type { CheckpointFiles } from '../inference/captioner.js';

export function addModel(program: Command): void {
  program
    .command('model')
    .description('model directories')
    .command('info')
    .description('what a directory holds: shapes, parameters, share of ECMA, digest')
    .argument('<dir>', 'a Hugging Face directory: BLIP-2 with OPT, BLIP-2 retrieval, or a sentence encoder')
    .option('--json', 'one JSON object')
    .action(modelInfo);
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
  const checkpoint = await openCheckpoint(directory);
  const { config, adapter, base } = checkpoint;
  const { vision, qformer, text } = config;
  const queryFormer = count(checkpoint, (name) => /^(qformer\.|query_tokens|embeddings\.)/.test(name));
  return {
    architecture: config.architecture,
    digest: checkpoint.digest,
    parameters: base.parameterCount,
    storedAs: [...new Set([...base.tensors.values()].map(({ dtype }) => dtype))].join(', '),
    vision: `${vision.num_hidden_layers} layers x ${vision.hidden_size}, ${vision.num_attention_heads} heads, ${vision.image_size} px in patches of ${vision.patch_size}`,
    visionParameters: count(checkpoint, (name) => name.startsWith('vision_model.')),
    qformer: `${config.numQueryTokens} queries x ${qformer.hidden_size}, ${qformer.num_hidden_layers} layers, cross-attention in 1 of ${qformer.cross_attention_frequency}`,
    qformerParameters: queryFormer,
    ...(text === null
      ? { sharedSpace: config.imageTextHiddenSize }
      : {
          languageModel: `OPT, ${text.num_hidden_layers} layers x ${text.hidden_size}, ${text.num_attention_heads} heads, ${text.vocab_size} tokens`,
          languageModelParameters: count(checkpoint, (name) => name.startsWith('language_model.')),
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

function count({ base }: CheckpointFiles, wanted: (name: string) => boolean): number {
  return [...base.tensors.values()]
    .filter(({ name }) => wanted(name))
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function shown(value: unknown): string {
  if (typeof value === 'number') return value.toLocaleString('en');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
