// Writes a Graph as the bytes of an ONNX ModelProto (onnx.proto3, IR version 10, opset 21).
// Hand-written because the npm encoders pin an old schema and materialise every weight; here weights stay in their
// files as external data. Source of the field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3

import { AppError } from '../errors.js';
import { ELEM_TYPE } from './elemType.js';
import type { Attribute, Graph, GraphNode, Initializer, Shape, Value } from './graph.js';
import { onlyFewBits } from './onlyFewBits.js';

const IR_VERSION = 10;
const OPSETS = [
  ['', 21],
  ['com.microsoft', 1],
] as const;

/** No message of protocol buffers may be longer. Source: https://protobuf.dev/programming-guides/proto-limits/ */
export const MESSAGE_BYTES = 2 ** 31 - 1;

/**
 * The graph as ModelProto bytes. `location` turns the file of an external weight into the path written into the model,
 * relative to the folder that the session is given. Throws AppError BAD_MODEL where what is not in files is too much for one message.
 */
export function encodeModel(graph: Graph, location: Location): Uint8Array {
  let held = 0;
  for (const { data } of graph.initializers.values()) if (data instanceof Uint8Array) held += data.length;
  if (held >= MESSAGE_BYTES)
    throw new AppError(
      'BAD_MODEL',
      `${graph.name}: ${held} bytes of weights that are in no file, and a model holds less than ${MESSAGE_BYTES}`,
    );
  const opsets = OPSETS.flatMap(([domain, version]) => message(8, [text(1, domain), varint(2, version)]));
  return concat([varint(1, IR_VERSION), text(2, 'hotlens'), ...message(7, graphProto(graph, location)), ...opsets]);
}

type Location = (file: string) => string;

function graphProto(graph: Graph, location: Location): Uint8Array[] {
  const { nodes, identities } = withOutputNames(graph);
  return [
    ...[...nodes, ...identities].flatMap((n) => message(1, nodeProto(n, location))),
    text(2, graph.name),
    ...[...graph.initializers.values()].flatMap((init) => message(5, tensorProto(init, location))),
    ...graph.inputs.flatMap((value) => message(11, valueInfo(value.name, value))),
    ...graph.outputs.flatMap(({ name, value }) => message(12, valueInfo(name, value))),
  ];
}

/**
 * Gives the results of the graph their public names by renaming what computes them; an Identity, which copies, is needed
 * only where a result is an input or a weight, or has two names.
 */
function withOutputNames(graph: Graph): { nodes: GraphNode[]; identities: GraphNode[] } {
  const computed = new Set(graph.nodes.flatMap((n) => n.outputs));
  const names = new Map<string, string>();
  const identities: GraphNode[] = [];
  for (const { name, value } of graph.outputs) {
    if (computed.has(value.name) && !names.has(value.name)) names.set(value.name, name);
    else {
      const source = names.get(value.name) ?? value.name;
      identities.push({ opType: 'Identity', domain: '', inputs: [source], outputs: [name], attributes: {} });
    }
  }
  const rename = (name: string) => names.get(name) ?? name;
  const nodes = graph.nodes.map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
  return { nodes, identities };
}

function nodeProto(n: GraphNode, location: Location): Uint8Array[] {
  return [
    ...n.inputs.map((name) => text(1, name)),
    ...n.outputs.map((name) => text(2, name)),
    text(3, n.outputs[0] ?? ''),
    text(4, n.opType),
    ...Object.entries(n.attributes).flatMap(([name, value]) => message(5, attributeProto(name, value, location))),
    ...(n.domain === '' ? [] : [text(7, n.domain)]),
  ];
}

function attributeProto(name: string, value: Attribute, location: Location): Uint8Array[] {
  if (typeof value === 'number') return [text(1, name), varint(3, value), varint(20, 2)];
  if (typeof value === 'string') return [text(1, name), text(4, value), varint(20, 3)];
  if ('graph' in value) return [text(1, name), ...message(6, graphProto(value.graph, location)), varint(20, 5)];
  if ('float' in value) return [text(1, name), float(2, value.float), varint(20, 1)];
  return [text(1, name), ...value.map((item) => varint(8, item)), varint(20, 7)];
}

function tensorProto({ value, data }: Initializer, location: Location): Uint8Array[] {
  if (data === undefined) throw onlyFewBits(value.name);
  const head = [
    ...value.shape.map((dim) => varint(1, Number(dim))),
    varint(2, ELEM_TYPE[value.dtype]),
    text(8, value.name),
  ];
  if (data instanceof Uint8Array) return [...head, ...bytes(9, data)];
  const entries = { location: location(data.file), offset: data.offset, length: data.length };
  return [
    ...head,
    ...Object.entries(entries).flatMap(([key, entry]) => message(13, [text(1, key), text(2, String(entry))])),
    varint(14, 1),
  ];
}

function valueInfo(name: string, value: Pick<Value, 'dtype' | 'shape'>): Uint8Array[] {
  const type = message(1, [varint(1, ELEM_TYPE[value.dtype]), ...message(2, shapeProto(value.shape))]);
  return [text(1, name), ...message(2, type)];
}

function shapeProto(shape: Shape): Uint8Array[] {
  return shape.flatMap((dim) => message(1, [typeof dim === 'number' ? varint(1, dim) : text(2, dim)]));
}

// Protocol buffers wire format: each field is its tag, then a varint, four bytes, or a length and bytes.

function varint(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varintBytes(field << 3), ...varintBytes(value)]);
}

function varintBytes(value: number): number[] {
  // int64 fields: negatives take their two's complement in 64 bits.
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return out;
}

function float(field: number, value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setFloat32(0, value, true);
  return concat([Uint8Array.from(varintBytes((field << 3) | 5)), out]);
}

function bytes(field: number, data: Uint8Array): Uint8Array[] {
  return [Uint8Array.from([...varintBytes((field << 3) | 2), ...varintBytes(data.length)]), data];
}

function text(field: number, value: string): Uint8Array {
  return concat(bytes(field, new TextEncoder().encode(value)));
}

function message(field: number, parts: readonly Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [Uint8Array.from([...varintBytes((field << 3) | 2), ...varintBytes(length)]), ...parts];
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
