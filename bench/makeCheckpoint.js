// A captioner of the shape of a known one, with random weights, as a Hugging Face directory: what speed and memory are measured on where no weights
// can be had. `npm run build && node bench/makeCheckpoint.js SHAPE OUT [IMAGE_SIZE]`; SHAPE is base, opt-2.7b or opt-6.7b.
//
// base: ViT-B/16, a Q-Former of 12 layers, OPT-125m, 311 M parameters in float32. opt-2.7b and opt-6.7b: as Salesforce/blip2-opt-2.7b and -6.7b are
// published (config.json of the model cards): EVA-CLIP ViT-g/14, Q-Former, OPT; float16, in shards of 2 GB. Numbers are normal; matrices keep the size
// of what goes through them, embeddings have 0.02, so that logits are neither flat nor infinite.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { parseBlip2Config } from '../dist/inference/blip2/config.js';
import { numberToHalf } from '../dist/onnx/half.js';
import { preprocessorConfig } from '../dist/training/data/pixels.js';
import { modelParameters } from '../dist/training/freshModel.js';
import { writeSideFiles } from '../dist/training/modelFiles.js';
import { normals } from '../dist/training/random.js';
import { captionTokenizer } from '../dist/training/wordTokenizer.js';

const SHARD_BYTES = 2e9;
const GIANT = { width: 1408, inner: 6144, layers: 39, heads: 16, patch: 14 };
const SHAPES = {
  base: {
    dtype: 'F32',
    vision: { width: 768, inner: 3072, layers: 12, heads: 12, patch: 16 },
    opt: [768, 3072, 12, 12],
  },
  'opt-2.7b': { dtype: 'F16', vision: GIANT, opt: [2560, 10_240, 32, 32] },
  'opt-6.7b': { dtype: 'F16', vision: GIANT, opt: [4096, 16_384, 32, 32] },
};
const normal = normals('checkpoint');
const POOL = Float32Array.from({ length: 1 << 20 }, normal);
const [name, out, imageSize = '224'] = process.argv.slice(2);
const shape = SHAPES[name];
if (shape === undefined || out === undefined) {
  process.stderr.write(`usage: node bench/makeCheckpoint.js ${Object.keys(SHAPES).join('|')} OUT [IMAGE_SIZE]\n`);
  process.exit(2);
}

/** OPT's, and one for pictures. */
const VOCABULARY = 50_272;
const tokenizer = captionTokenizer(words(VOCABULARY - captionTokenizer([]).size));
const configJson = {
  architectures: ['Blip2ForConditionalGeneration'],
  model_type: 'blip-2',
  image_text_hidden_size: 256,
  image_token_index: tokenizer.imageId,
  num_query_tokens: 32,
  use_decoder_only_language_model: true,
  vision_config: {
    model_type: 'blip_2_vision_model',
    hidden_size: shape.vision.width,
    intermediate_size: shape.vision.inner,
    num_hidden_layers: shape.vision.layers,
    num_attention_heads: shape.vision.heads,
    image_size: Number(imageSize),
    patch_size: shape.vision.patch,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-6,
    qkv_bias: true,
  },
  qformer_config: {
    model_type: 'blip_2_qformer',
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    encoder_hidden_size: shape.vision.width,
    cross_attention_frequency: 2,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    max_position_embeddings: 512,
    vocab_size: 30_523,
    use_qformer_text_input: false,
  },
  text_config: {
    model_type: 'opt',
    vocab_size: VOCABULARY,
    hidden_size: shape.opt[0],
    word_embed_proj_dim: shape.opt[0],
    ffn_dim: shape.opt[1],
    num_hidden_layers: shape.opt[2],
    num_attention_heads: shape.opt[3],
    max_position_embeddings: 2048,
    activation_function: 'relu',
    do_layer_norm_before: true,
    tie_word_embeddings: true,
    bos_token_id: tokenizer.bosId,
    eos_token_id: tokenizer.endId,
    pad_token_id: tokenizer.padId,
  },
};
const shapes = [...modelParameters(parseBlip2Config(configJson, 'config.json'))];
await writeSideFiles(out, {
  config: configJson,
  dtype: shape.dtype,
  preprocessor: preprocessorConfig(Number(imageSize)),
  tokenizer,
  generationConfig: {
    ...{ bos_token_id: tokenizer.bosId, eos_token_id: tokenizer.endId, pad_token_id: tokenizer.padId },
    max_new_tokens: 30,
  },
});
mkdirSync(out, { recursive: true });
const shards = sharded(shapes);
const weightMap = {};
let total = 0;
for (const [i, tensors] of shards.entries()) {
  const number = (value) => String(value).padStart(5, '0');
  const file =
    shards.length === 1 ? 'model.safetensors' : `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`;
  total += writeShard(path.join(out, file), tensors);
  for (const [tensor] of tensors) weightMap[tensor] = file;
  process.stdout.write(`${file}: ${tensors.length} tensors\n`);
}
if (shards.length > 1)
  writeFileSync(
    path.join(out, 'model.safetensors.index.json'),
    `${JSON.stringify({ metadata: { total_size: total }, weight_map: weightMap }, null, 1)}\n`,
  );
process.stdout.write(`${shapes.reduce((sum, [, dims]) => sum + sizeOf(dims), 0)} parameters, ${total} bytes\n`);

/** The first `count` words of letters, shorter ones first: each adds one token to those before it. */
function words(count) {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  const found = [];
  for (let before = ['']; found.length < count; ) {
    before = before.flatMap((start) => [...letters].map((letter) => start + letter));
    for (const word of before) found.push(word);
  }
  return found.slice(0, count);
}

function sizeOf(dims) {
  return dims.reduce((a, b) => a * b, 1);
}

function bytesOf(dims) {
  return sizeOf(dims) * (shape.dtype === 'F16' ? 2 : 4);
}

function sharded(tensors) {
  const found = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    const bytes = bytesOf(tensor[1]);
    if (filled > 0 && filled + bytes > SHARD_BYTES) {
      found.push([]);
      filled = 0;
    }
    found.at(-1).push(tensor);
    filled += bytes;
  }
  return found;
}

/** A tensor at a time: the whole never lies in memory. Returns the bytes of its tensors. */
function writeShard(file, tensors) {
  const header = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const [tensor, dims] of tensors) {
    header[tensor] = { dtype: shape.dtype, shape: dims, data_offsets: [offset, offset + bytesOf(dims)] };
    offset += bytesOf(dims);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, Buffer.concat([length, padded]));
  for (const [tensor, dims] of tensors) writeNumbers(descriptor, tensor, dims);
  closeSync(descriptor);
  return offset;
}

/** Normal numbers are drawn once: stretches of them from places that the tensor's name decides, so that no two rows are alike. */
function writeNumbers(descriptor, tensor, dims) {
  const std = stdOf(tensor, dims);
  const of = (value) => (shape.dtype === 'F16' ? numberToHalf(value) : value);
  const Kind = shape.dtype === 'F16' ? Uint16Array : Float32Array;
  const pool = POOL.length;
  const table =
    typeof std === 'number' ? new Kind(pool).fill(of(std)) : Kind.from(POOL, (value) => of(std.std * value));
  const seed = createHash('sha256').update(tensor).digest().readUInt32LE();
  const size = sizeOf(dims);
  const stretch = 8192;
  const numbers = new Kind(size);
  for (let at = 0, draw = seed; at < size; at += stretch) {
    draw = (Math.imul(draw, 1664525) + 1013904223) >>> 0;
    const count = Math.min(stretch, size - at);
    const from = draw % (pool - count);
    numbers.set(table.subarray(from, from + count), at);
  }
  const bytes = Buffer.from(numbers.buffer);
  for (let at = 0; at < bytes.length; at += 1 << 30)
    writeSync(descriptor, bytes, at, Math.min(1 << 30, bytes.length - at));
}

/** A number for all, or the standard deviation. */
function stdOf(tensor, dims) {
  if (/norm(\d)?\.weight$/i.test(tensor)) return 1;
  if (/bias$/.test(tensor)) return 0;
  if (/embed|query_tokens/.test(tensor) && !/patch_embedding/.test(tensor)) return { std: 0.02 };
  const fanIn = sizeOf(dims) / dims[0];
  return { std: Math.sqrt(2 / (fanIn + dims[0])) };
}
