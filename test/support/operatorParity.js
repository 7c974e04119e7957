// Every operator of the graphs that serve, on an execution provider and on the CPU:
//   node test/support/operatorParity.js PROVIDER fused|lowered
// Each node becomes a graph of its own, fed what it is fed within its whole graph on the CPU, so that no node's error hides
// in another's; of nodes alike in operator, attributes and kinds of shape one stands for all. Then each graph as a whole, as
// sessions run it (fused by onnxruntime's optimizer). Prints a JSON object a line: the largest difference, the largest
// number, and of a node whether the provider has a kernel for it or leaves it to the CPU. Works on the build in dist/.
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { decoderGraph, queryGraph, visionGraph } from '../../dist/inference/blip2/captionGraphs.js';
import { explainedDecoderGraph, explainedQueryGraph } from '../../dist/inference/blip2/explanationGraphs.js';
import {
  retrievalImageGraph,
  retrievalMatchGraph,
  retrievalTextGraph,
} from '../../dist/inference/blip2/retrievalGraphs.js';
import { openCheckpoint } from '../../dist/inference/captioner.js';
import { openWeights, readJson, weightsOf } from '../../dist/inference/checkpoint/weights.js';
import { classifierGraph } from '../../dist/inference/classification/classifierGraph.js';
import { parseBertConfig } from '../../dist/inference/embedding/bertConfig.js';
import { readSentenceConfig } from '../../dist/inference/embedding/sentenceConfig.js';
import { sentenceGraph } from '../../dist/inference/embedding/sentenceGraph.js';
import { copyGraph } from '../../dist/onnx/graph.js';
import { lowerAttention } from '../../dist/onnx/lowerAttention.js';
import { lowerLogSoftmax } from '../../dist/onnx/lowerLogSoftmax.js';
import { lowerProducts } from '../../dist/onnx/lowerProducts.js';
import { encodeModel } from '../../dist/onnx/modelProto.js';

const [provider, attention] = process.argv.slice(2);
const FIXTURES = 'test/fixtures/checkpoints';
const kinds = new Set();
let seed = 1;

for (const { name, graph, dims } of await graphs()) {
  if (attention === 'lowered') lowerAttention(graph);
  lowerProducts(graph);
  lowerLogSoftmax(graph);
  inlineWeights(graph);
  const feeds = Object.fromEntries(graph.inputs.map((value) => [value.name, feed(value, dims)]));
  const expected = await run(everyResult(graph), 'cpu', feeds);
  const values = { ...feeds, ...expected };
  for (const each of distinct(graph, values)) await tryNode(name, graph, each, values);
  const outputs = await run(graph, 'cpu', feeds, 'all');
  report({ graph: name, operator: 'whole', ...(await compare(graph, feeds, outputs, 'all')) });
}

/** The graphs with dimensions to try them at; the language model at the prompt (an empty cache) and at a token after it. */
async function graphs() {
  const { config, adapter } = await openCheckpoint('models/blip2-scenes');
  const embedder = await openCheckpoint('models/blip2-scenes-embedder');
  const [weights, ecma, N] = [adapter.weights, adapter.config, config.numQueryTokens];
  const prompt = { B: 2, S: N + 3, P: 0, M: N, 'C*H': 0 };
  const slots = 2 * (N + 3) * config.text.num_attention_heads;
  const texts = { B: 2, L: 9 };
  const captioning = [
    { name: 'vision', graph: visionGraph(weights, config), dims: { B: 2 } },
    { name: 'query', graph: queryGraph(weights, config, ecma), dims: { B: 2 } },
    { name: 'prompt', graph: decoderGraph(weights, config), dims: prompt },
    { name: 'token', graph: decoderGraph(weights, config), dims: { B: 2, S: 1, P: N + 3, M: 0, 'C*H': slots } },
    { name: 'explained query', graph: explainedQueryGraph(weights, config, ecma), dims: { B: 2 } },
    { name: 'explained decoder', graph: explainedDecoderGraph(weights, config), dims: prompt },
  ];
  const { config: retrieval, base } = embedder;
  const embedding = [
    { name: 'retrieval text', graph: retrievalTextGraph(base, retrieval), dims: texts },
    { name: 'retrieval image', graph: retrievalImageGraph(base, retrieval), dims: { B: 2 } },
    { name: 'retrieval match', graph: retrievalMatchGraph(base, retrieval), dims: texts },
  ];
  const sentences = ['sentence-distilbert-dense', 'sentence-mpnet', 'sentence-roberta-max'].map(async (name) => {
    const sentence = await readSentenceConfig(`${FIXTURES}/${name}`);
    const parts = [['', sentence.folder], ...sentence.dense.map(({ folder }, i) => [`dense.${i}.`, folder])];
    const tensors = await Promise.all(
      parts.map(async ([prefix, folder]) =>
        [...(await openWeights(folder)).tensors].map(([key, tensor]) => [prefix + key, tensor]),
      ),
    );
    return { name, graph: sentenceGraph(weightsOf(new Map(tensors.flat()), name), sentence), dims: texts };
  });
  const classifier = `${FIXTURES}/classifier-roberta`;
  const encoder = parseBertConfig(await readJson(`${classifier}/config.json`), classifier);
  const classes = classifierGraph(await openWeights(classifier), { encoder, labels: 3 });
  return [
    ...captioning,
    ...embedding,
    ...(await Promise.all(sentences)),
    { name: 'classifier', graph: classes, dims: texts },
  ];
}

/**
 * One node of each kind that was not tried yet: nodes that differ in their weights alone are of one, and those whose sizes a kernel treats
 * alike: one place, a few, many, and whether rows are whole vectors of four.
 */
function distinct(graph, values) {
  return graph.nodes.flatMap((node) => {
    // What is done to weights alone is folded when a session is made, by the CPU.
    if (node.inputs.every((name) => graph.initializers.has(name))) return [];
    const shapes = node.inputs.map((name) => values[name]?.dims ?? graph.values.get(name)?.shape);
    const kind = JSON.stringify([node.opType, node.attributes, shapes.map(kindOf)]);
    if (kinds.has(kind)) return [];
    kinds.add(kind);
    return [{ node, shapes }];
  });
}

function kindOf(shape) {
  return shape?.map((size, i) => {
    const many = size === 1 ? '1' : size <= 8 ? 'few' : 'many';
    return i < shape.length - 1 ? many : `${many} ${size % 4}`;
  });
}

async function tryNode(name, graph, { node, shapes }, values) {
  const alone = copyGraph(graph);
  const inputs = new Set(node.inputs.filter((each) => each !== ''));
  const own = (each) => alone.values.get(each);
  alone.nodes.splice(0, alone.nodes.length, node);
  const fed = [...inputs].filter((each) => !graph.initializers.has(each));
  alone.inputs.splice(0, alone.inputs.length, ...fed.map(own));
  alone.outputs.splice(0, alone.outputs.length, ...node.outputs.map((each) => ({ name: each, value: own(each) })));
  for (const each of graph.initializers.keys()) if (!inputs.has(each)) alone.initializers.delete(each);
  const feeds = Object.fromEntries(fed.map((each) => [each, values[each]]));
  const found = await compare(alone, feeds, values, 'disabled');
  const { dtype } = own(node.outputs[0]);
  report({
    graph: name,
    operator: node.opType,
    dtype,
    shapes: JSON.stringify(shapes),
    own: await owned(alone),
    ...found,
  });
}

/** Whether the provider takes a graph without leaving any of it to the CPU. */
async function owned(graph) {
  const extra = { session: { disable_cpu_ep_fallback: '1' } };
  return createSession(graph, provider, { graphOptimizationLevel: 'disabled', extra }).then(
    (session) => session.release().then(() => true),
    () => false,
  );
}

/** The largest difference from what is expected, and the largest number expected. */
async function compare(graph, feeds, expected, optimization) {
  try {
    const actual = await run(graph, provider, feeds, optimization);
    let [difference, largest] = [0, 0];
    for (const [name, { data, dims }] of Object.entries(actual)) {
      const right = expected[name];
      if (String(dims) !== String(right.dims)) throw new Error(`${name}: of the shape ${dims}, not ${right.dims}`);
      data.forEach((value, i) => {
        const off = Math.abs(Number(value) - Number(right.data[i]));
        if (!(off <= difference)) difference = off;
        largest = Math.max(largest, Math.abs(Number(right.data[i])));
      });
    }
    return { difference, largest };
  } catch (error) {
    return { error: String(error.message).split('\n')[0] };
  }
}

async function run(graph, on, feeds, optimization = 'disabled') {
  const session = await createSession(graph, on, { graphOptimizationLevel: optimization });
  const results = await session.run(feeds);
  await session.release();
  return results;
}

function createSession(graph, on, options) {
  const quiet = { intraOpNumThreads: 1, logSeverityLevel: 4 };
  return ort.InferenceSession.create(
    encodeModel(graph, () => ''),
    { ...quiet, ...options, executionProviders: [on] },
  );
}

function everyResult(graph) {
  const all = copyGraph(graph);
  const names = graph.nodes.flatMap(({ outputs }) => outputs);
  all.outputs.splice(0, all.outputs.length, ...names.map((name) => ({ name, value: all.values.get(name) })));
  return all;
}

/** Weights by value: a node alone may have none of the folder that others are relative to. */
function inlineWeights(graph) {
  for (const [name, { value, data }] of graph.initializers) {
    if (data instanceof Uint8Array) continue;
    const { file, offset, length } = data;
    graph.initializers.set(name, {
      value,
      data: Uint8Array.from(readFileSync(file).subarray(offset, offset + length)),
    });
  }
}

/** What an input of this name is fed in use, as far as its numbers decide what is computed; else numbers about 0. */
function feed({ name, dtype, shape }, dims) {
  const length = (dim) =>
    String(dim)
      .split('+')
      .reduce((sum, part) => sum + (dims[part] ?? Number(part)), 0);
  const sizes = shape.map(length);
  const count = sizes.reduce((a, b) => a * b, 1);
  const last = sizes.at(-1);
  const ids = {
    input_ids: (i) => 3 + ((i * 7) % 60),
    position_ids: (i) => (dims.P ?? 0) + 2 + (i % last),
    // The queries' places come first, then the tokens'.
    source: (i) => (i % dims.S < dims.M ? dims.S + (i % dims.S) : i % dims.S),
    // Each row's own, the last row's first.
    slots: (i) => 2 * dims.P - 1 - i,
    buckets: (i) => i % 8,
  };
  if (dtype === 'int64')
    return new ort.Tensor(
      'int64',
      BigInt64Array.from({ length: count }, (_, i) => BigInt(ids[name](i))),
      sizes,
    );
  if (dtype === 'int32')
    return new ort.Tensor(
      'int32',
      Int32Array.from({ length: count }, (_, i) => ids[name](i)),
      sizes,
    );
  const past = last - (sizes.at(-2) ?? 0);
  const floats = {
    attention_bias: (i) => (i % last > past + (Math.floor(i / last) % sizes[2]) ? -1e9 : 0),
    mask: (i) => Number(i < count - 2),
    rank: (i) => (i < count - 2 ? 1 + (i % dims.L) : 0),
    last: (i) => Number(i % dims.L === dims.L - 3),
  };
  const value = floats[name] ?? random;
  return new ort.Tensor(
    'float32',
    Float32Array.from({ length: count }, (_, i) => value(i)),
    sizes,
  );
}

/** From -1 to 1; the same on every run. */
function random() {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return (seed / 0x7fffffff) * 2 - 1;
}

function report(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
