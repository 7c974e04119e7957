// Rows are picked from a table as it is stored, and only they are turned into float32: onnxruntime would turn the whole table when the session is made
// (half a gigabyte more for the words of blip2-opt-2.7b).
import { dropUnused } from './dropUnused.js';
import { type Graph, node } from './graph.js';
import { renameResult } from './renameResult.js';

/** Rewrites every Gather from a cast weight of a graph in place; results keep their names. */
export function pickBeforeCast(graph: Graph): void {
  const casts = new Map(graph.nodes.filter(({ opType }) => opType === 'Cast').map((each) => [each.outputs[0]!, each]));
  for (const each of graph.nodes.splice(0)) {
    const cast = casts.get(each.inputs[0]!);
    const stored = cast && graph.initializers.get(cast.inputs[0]!);
    if (each.opType !== 'Gather' || cast === undefined || stored === undefined) {
      graph.nodes.push(each);
      continue;
    }
    const [result] = each.outputs.map((name) => graph.values.get(name)!);
    const { dtype, shape } = result!;
    const picked = node(graph, 'Gather', {
      inputs: [stored.value, graph.values.get(each.inputs[1]!)!],
      results: [{ dtype: stored.value.dtype, shape }],
      attributes: each.attributes,
    })[0]!;
    const whole = node(graph, 'Cast', {
      inputs: [picked],
      results: [{ dtype, shape }],
      attributes: cast.attributes,
    })[0]!;
    renameResult(graph, whole, result!.name);
  }
  dropUnused(graph);
}
