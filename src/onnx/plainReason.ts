import { messageOf } from '../errors.js';

/** What went wrong in a trial, as onnxruntime says it, without the graph's name and the places in its own source before it. */
export function plainReason(error: unknown): string {
  const [line] = messageOf(error)
    .replace(/^trial: /, '')
    .replace(/^.*?\/onnxruntime_src\/.*?(?=Failed|\[ONNXRuntimeError\])/s, '')
    .split('\n');
  return line!.trim().slice(0, 300);
}
