// Keys and values of a running batch, kept here and not in onnxruntime: whatever a session returns is copied into a new array, which for the
// whole past of 40 rows (eight pictures by five beams) took a third of the time of a token.
//
// A slot holds one position of one row of the run that computed it, for every layer. It is written once and never moved: a row of a batch is a
// list of slots, so that beams share the prompt and the beginning that they have in common, and what they become next is told by their lists alone.
import * as ort from 'onnxruntime-node';

export interface KeyValueCache {
  /** The results that `keep` takes. */
  readonly names: readonly string[];
  /** What the graph is fed of the past of some rows: each row's slots, and all slots. */
  feeds(rows: readonly (readonly number[])[]): Record<string, ort.Tensor>;
  /** Keeps what a run over [rows, places] added, key_i and value_i [rows, places, width]; returns the new slots of each row. */
  keep(results: Readonly<Record<string, ort.Tensor>>, rows: number, places: number): number[][];
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
    feeds(rows) {
      const dims = [count * heads, width / heads];
      return {
        ...slotFeeds(rows),
        ...Object.fromEntries(
          names.map((name, i) => [
            `past_${name}`,
            new ort.Tensor('float32', kept[i]!.subarray(0, count * width), dims),
          ]),
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
      return slotsOf(first, rows, places);
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

/** Which slots each row continues, as the graph is fed them: [rows, P]. */
export function slotFeeds(rows: readonly (readonly number[])[]): Record<string, ort.Tensor> {
  const slots = BigInt64Array.from(rows.flat(), BigInt);
  return { slots: new ort.Tensor('int64', slots, [rows.length, rows[0]!.length]) };
}

/** The slots from `first` on, row by row. */
export function slotsOf(first: number, rows: number, places: number): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: places }, (__, place) => first + row * places + place),
  );
}
