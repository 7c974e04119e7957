// What a training step of an ECMA adapter costs at blip2-opt-2.7b's shapes, vision tower and language model frozen, features cached:
// seconds and peak memory. Weights are random, which changes neither; 12 GB of them are written to DIR and stay there for the next run.
// `npm run build && node bench/ecmaStep.js DIR [BATCH] [STEPS] [LAYERS of the language model]`
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import * as ort from 'onnxruntime-node';
import { parseBlip2Config } from '../dist/inference/blip2/config.js';
import { newEcmaConfig } from '../dist/inference/blip2/ecmaConfig.js';
import { freshAdapter } from '../dist/inference/blip2/freshAdapter.js';
import { openWeights } from '../dist/inference/checkpoint/weights.js';
import { floats, ids } from '../dist/onnx/tensors.js';
import { ADAMW, adamwState } from '../dist/training/adamw.js';
import { parametersOf } from '../dist/training/freshModel.js';
import { lossAndGradients } from '../dist/training/lossAndGradients.js';
import { captioningObjective } from '../dist/training/objectives/captioning.js';
import { createStore } from '../dist/training/parameterStore.js';
import { normals } from '../dist/training/random.js';
import { median } from './median.js';

const [directory, batchText = '1', stepsText = '3', layersText = '32'] = process.argv.slice(2);
const [batch, steps, layers] = [batchText, stepsText, layersText].map(Number);
/** Tokens of a caption with its begin token: COCO's captions have 10 words, and few more than 20 tokens. */
const LENGTH = 20;
const random = normals('ecma step');

// Salesforce/blip2-opt-2.7b's config.json.
const config = parseBlip2Config(
  {
    architectures: ['Blip2ForConditionalGeneration'],
    model_type: 'blip-2',
    num_query_tokens: 32,
    image_token_index: 50265,
    vision_config: {
      model_type: 'blip_2_vision_model',
      ...{ hidden_size: 1408, intermediate_size: 6144, num_hidden_layers: 39, num_attention_heads: 16 },
      ...{ image_size: 224, patch_size: 14, hidden_act: 'gelu', layer_norm_eps: 1e-6, qkv_bias: true },
    },
    qformer_config: {
      model_type: 'blip_2_qformer',
      ...{ hidden_size: 768, num_hidden_layers: 12, num_attention_heads: 12, intermediate_size: 3072 },
      ...{ encoder_hidden_size: 1408, cross_attention_frequency: 2, hidden_act: 'gelu', layer_norm_eps: 1e-12 },
      ...{ max_position_embeddings: 512, vocab_size: 30522, use_qformer_text_input: false },
    },
    text_config: {
      model_type: 'opt',
      ...{ hidden_size: 2560, word_embed_proj_dim: 2560, num_hidden_layers: layers, ffn_dim: 10240 },
      ...{ num_attention_heads: 32, vocab_size: 50304, max_position_embeddings: 2048 },
      ...{ activation_function: 'relu', do_layer_norm_before: true, tie_word_embeddings: true },
      ...{ bos_token_id: 2, eos_token_id: 50118, pad_token_id: 1 },
    },
  },
  'bench',
);
const adapter = newEcmaConfig({}, config.qformer, 'bench');
const rows = batch * LENGTH;
const options = { batch, length: LENGTH, rows, from: 'features', adapter };

mkdirSync(directory, { recursive: true });
const file = path.join(directory, 'model.safetensors');
if (!existsSync(file)) writeRandom(file);
const weights = await openWeights(directory);
const started = performance.now();
const store = createStore(freshAdapter(config, adapter, random));
// alpha as after some training: at 0 most of the module's gradients would be 0.
for (const { name, offset } of store.entries) if (name.endsWith('.alpha')) store.values[offset] = 0.3;
const step = await lossAndGradients(store, (p) => captioningObjective(p, config, options), { frozen: weights });
const opened = (performance.now() - started) / 1000;
const state = adamwState(store);
const feeds = feedsOf();
const times = [];
let loss = 0;
for (let i = 1; i <= steps + 1; i += 1) {
  const before = performance.now();
  ({ loss } = await step.run(feeds));
  await step.update(state, ADAMW, { step: i, scale: 1, skip: new Set(step.unused) });
  if (i > 1) times.push((performance.now() - before) / 1000);
}
if (!Number.isFinite(loss) || step.gradients.every((value) => value === 0)) throw new Error('the step did nothing');
await step.dispose();
const seconds = median(times);
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 2 ** 20;
process.stdout.write(
  `${JSON.stringify({
    cpu: `${os.cpus()[0].model}, ${os.availableParallelism()} cores`,
    ...{ batch, frozen: weights.parameterCount, moving: store.values.length, opened: Math.round(opened) },
    secondsPerStep: Number(seconds.toFixed(2)),
    secondsPerPicture: Number((seconds / batch).toFixed(2)),
    peakGiB: Number(peak.toFixed(1)),
  })}\n`,
);

function feedsOf() {
  const [tokens, width] = [(config.vision.image_size / config.vision.patch_size) ** 2 + 1, config.vision.hidden_size];
  const halves = Uint16Array.from({ length: batch * tokens * width }, () => 0x3800 + Math.floor(Math.random() * 1024));
  const places = config.numQueryTokens + LENGTH;
  const token = () => 10 + Math.floor(Math.random() * 50_000);
  const at = (i) => Math.floor(i / LENGTH) * places + config.numQueryTokens + (i % LENGTH);
  return {
    image_embeds: new ort.Tensor('float16', halves, [batch, tokens, width]),
    input_ids: ids(Array.from({ length: rows }, token), [batch, LENGTH]),
    rows: ids(Array.from({ length: rows }, (_, i) => at(i))),
    labels: ids(Array.from({ length: rows }, token)),
    weights: floats(new Float32Array(rows).fill(1 / rows)),
  };
}

/** All tensors that the step needs and that do not move: the vision tower's features are cached. */
function writeRandom(target) {
  const shapes = parametersOf(config, (recorder) => captioningObjective(recorder, config, options));
  for (const name of [...shapes.keys()]) if (name.startsWith('ecma.')) shapes.delete(name);
  const header = {};
  let offset = 0;
  for (const [name, shape] of shapes) {
    const end = offset + 4 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = JSON.stringify(header);
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  const drawn = Float32Array.from({ length: 1 << 20 }, () => 0.02 * random());
  // Norms scale by 1, or 32 layers would take every gradient to where numbers are slow.
  const ones = new Float32Array(1 << 16).fill(1);
  const handle = openSync(`${target}.new`, 'w');
  writeSync(handle, size);
  writeSync(handle, json);
  for (const [name, shape] of shapes) {
    const source = /norm(\d)?\.weight$/i.test(name) ? ones : drawn;
    for (let left = 4 * shape.reduce((a, b) => a * b, 1); left > 0; ) {
      const some = Math.min(left, source.byteLength);
      writeSync(handle, Buffer.from(source.buffer, 0, some));
      left -= some;
    }
  }
  closeSync(handle);
  renameSync(`${target}.new`, target);
}
