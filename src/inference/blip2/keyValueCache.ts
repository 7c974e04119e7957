// Keys and values of a running batch, kept here and not in onnxruntime: whatever a session returns is copied into a new array, which for the
// whole past of 40 rows (eight pictures by five beams) took a third of the time of a token.
//
// A slot holds one position of one row of the run that computed it, for every layer. It is written once and never moved: a row of a batch is a
// list of slots, so that beams share the prompt and the beginning that they have in common, and what they become next is told by their lists alone.
import * as ort from 'onnxruntime-node';

/** Which slots each row continues, in the order of its positions: [rows, length]. */
export interface Slots {
  readonly rows: number;
  readonly length: number;
  readonly flat: Int32Array;
}

export interface KeyValueCache {
  /** The results that `keep` takes. */
  readonly names: readonly string[];
  /** What the graph is fed of the past of some rows: their slots, and all slots. */
  feeds(past: Slots): Record<string, ort.Tensor>;
  /** Keeps what a run over [rows, places] added, key_i and value_i [rows, places, width]; returns the first of the new slots, which follow row by row. */
  keep(results: Readonly<Record<string, ort.Tensor>>, rows: number, places: number): number;
  /** Lets go of everything. */
  dispose(): void;
}

/** Slots that there is room for at first, and by how much more whenever it is used up. */
const ROOM = 256;
const GROWTH = 1.5;

/** An empty cache for a decoder of so many layers and heads, `width` numbers a position. */
export function createKeyValueCache(layers: number, heads: number, width: number): KeyValueCache {
  const names = cacheNames(layers);
  let kept = names.map(() => new Float32Array(ROOM * width));
  let count = 0;

  function grow(slots: number): void {
    if (slots * width <= kept[0]!.length) return;
    const room = Math.ceil(slots * GROWTH);
    kept = kept.map((old) => {
      const larger = new Float32Array(room * width);
      larger.set(old.subarray(0, count * width));
      return larger;
    });
  }

  return {
    names,
    feeds(past) {
      const dims = [count * heads, width / heads];
      return {
        slots: slotTensor(past),
        ...Object.fromEntries(
          names.map((name, i) => [pastOf(name), new ort.Tensor('float32', kept[i]!.subarray(0, count * width), dims)]),
        ),
      };
    },
    keep(results, rows, places) {
      const first = count;
      grow(first + rows * places);
      names.forEach((name, i) => {
        kept[i]!.set(results[name]!.data as Float32Array, first * width);
      });
      count += rows * places;
      return first;
    },
    dispose() {
      kept = [];
    },
  };
}

/** What decoderGraph calls the keys and values that it adds. */
export function cacheNames(layers: number): string[] {
  return [...Array(layers).keys()].flatMap((i) => [`key_${i}`, `value_${i}`]);
}

/** What the graph is fed of them. */
export const pastOf = (name: string) => `past_${name}`;

/** Slots as the graph is fed them. */
export function slotTensor({ rows, length, flat }: Slots): ort.Tensor {
  return new ort.Tensor('int32', flat, [rows, length]);
}

/** Nothing yet, of so many rows. */
export function noSlots(rows: number): Slots {
  return { rows, length: 0, flat: new Int32Array(0) };
}

/** The slots of rows that continue these ones. */
export function continued({ length, flat }: Slots, rowOrder: Int32Array): Slots {
  const rows = rowOrder.length;
  const next = new Int32Array(rows * length);
  for (let row = 0; row < rows; row += 1)
    next.set(flat.subarray(rowOrder[row]! * length, (rowOrder[row]! + 1) * length), row * length);
  return { rows, length, flat: next };
}

/** The same rows with what a run over `places` has added to each. */
export function withAdded({ rows, length, flat }: Slots, first: number, places: number): Slots {
  const longer = length + places;
  const next = new Int32Array(rows * longer);
  for (let row = 0; row < rows; row += 1) {
    next.set(flat.subarray(row * length, (row + 1) * length), row * longer);
    for (let place = 0; place < places; place += 1) next[row * longer + length + place] = first + row * places + place;
  }
  return { rows, length: longer, flat: next };
}
