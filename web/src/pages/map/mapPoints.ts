// The places of all pictures, as the server sends them (src/server/mapBytes.ts).

export interface MapPoints {
  readonly version: string;
  readonly layout: number;
  readonly count: number;
  /** Those of no hotspot first, so that the others are drawn over them. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** What each picture is called. */
  readonly numbers: Uint32Array;
  /** 0: of none; else the place in `hotspots`, from 1. */
  readonly hotspotOf: Uint16Array;
  readonly hotspots: readonly string[];
}

export async function fetchPoints(parameters: string, signal: AbortSignal): Promise<MapPoints> {
  const response = await fetch(`/map/points?${parameters}`, { signal });
  if (!response.ok) {
    const { errors } = (await response.json().catch(() => ({}))) as { errors?: { message: string }[] };
    throw new Error(errors?.[0]?.message ?? `the server answered ${response.status}`);
  }
  return readPoints(await response.arrayBuffer());
}

const HEAD = 16;

/** Throws where these are not the bytes of a map. */
export function readPoints(bytes: ArrayBuffer): MapPoints {
  const view = new DataView(bytes);
  if (bytes.byteLength < HEAD || view.getUint32(0) !== 0x484c4d31) throw new Error('what came is not a map');
  const [count, layout] = [view.getUint32(4, true), view.getUint32(8, true)];
  const at = (part: number) => HEAD + 4 * count * part;
  const text = new Uint8Array(bytes, at(3) + 2 * count, view.getUint32(12, true));
  const { version, hotspots } = JSON.parse(new TextDecoder().decode(text)) as { version: string; hotspots: string[] };
  // Every machine that shows pages is little-endian.
  const hotspotOf = new Uint16Array(bytes, at(3), count);
  const order = inOrder(hotspotOf);
  const xs = new Float32Array(bytes, at(0), count);
  const ys = new Float32Array(bytes, at(1), count);
  const numbers = new Uint32Array(bytes, at(2), count);
  return {
    version,
    layout,
    count,
    xs: xs.map((_, i) => xs[order[i]!]!),
    ys: ys.map((_, i) => ys[order[i]!]!),
    numbers: numbers.map((_, i) => numbers[order[i]!]!),
    hotspotOf: hotspotOf.map((_, i) => hotspotOf[order[i]!]!),
    hotspots,
  };
}

function inOrder(hotspotOf: Uint16Array): Uint32Array {
  const order = new Uint32Array(hotspotOf.length);
  let next = 0;
  for (const later of [false, true])
    hotspotOf.forEach((hotspot, i) => {
      if (hotspot > 0 === later) order[next++] = i;
    });
  return order;
}
