// The map of captions: how long it takes, how true it is, and how well hotspots stand apart, of the simulated city's captions:
// `npm run build && node bench/map.js [PICTURES ...]` (default 1000 10000 100000). HOTLENS_PEER_UMAP=/path/to/umap-js/dist/umap-js.min.js lays
// the same out by umap-js too, up to 10,000. Nothing else should run.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { layOut, PROJECTION } from '../dist/analytics/projection/layOut.js';
import { nearestRows } from '../dist/analytics/projection/nearestRows.js';
import { placeAmong } from '../dist/analytics/projection/placeAmong.js';
import { onAxes, principalAxes } from '../dist/analytics/projection/principalAxes.js';
import { openEmbedder } from '../dist/inference/embedding/embedder.js';
import { simulate } from '../dist/simulation/simulate.js';

const K = 15;
/** Rows that quality is measured of; among all. */
const ASKED = 1000;
const sizes = process.argv.slice(2).map(Number);
const umapPath = process.env.HOTLENS_PEER_UMAP;
const embedder = await openEmbedder('models/blip2-scenes-embedder', { device: 'cpu', threads: 2 });

async function city(pictures) {
  const { posts, truth } = simulate({
    seed: 1,
    start: Date.UTC(2026, 2, 2),
    days: 7,
    rate: (pictures / 10_000) * 1.08,
    late: 0,
  });
  const eventOf = new Map(truth.events.flatMap(({ id, posts: ids }) => ids.map((post) => [post, id])));
  const captioned = posts.filter(({ caption }) => caption !== '').slice(0, pictures);
  const distinct = new Map();
  for (const { id, caption } of captioned) if (!distinct.has(caption)) distinct.set(caption, eventOf.get(id) ?? null);
  const texts = [...distinct.keys()];
  const values = new Float32Array(texts.length * embedder.info.dimension);
  for (let from = 0; from < texts.length; from += 512) {
    const found = await embedder.embedTexts(texts.slice(from, from + 512));
    found.forEach(({ vector }, i) => {
      values.set(vector, (from + i) * vector.length);
    });
  }
  return {
    pictures: captioned.length,
    events: [...distinct.values()],
    vectors: { rows: texts.length, columns: embedder.info.dimension, values },
  };
}

/** Of the K nearest in the plane, those that are so among the vectors; and Venna and Kaski's trustworthiness; over ASKED rows. */
function truthOf(vectors, places) {
  const rows = Array.from({ length: Math.min(ASKED, vectors.rows) }, (_, i) =>
    Math.floor((i * vectors.rows) / Math.min(ASKED, vectors.rows)),
  );
  const n = vectors.rows;
  let kept = 0;
  let penalty = 0;
  const flat = { rows: n, columns: 2, values: places };
  const asked = {
    rows: rows.length,
    columns: 2,
    values: Float32Array.from(rows.flatMap((row) => [places[2 * row], places[2 * row + 1]])),
  };
  const near = nearestRows(asked, flat, { k: K + 1, without: false });
  const squares = new Float64Array(n);
  rows.forEach((row, at) => {
    for (let other = 0; other < n; other += 1) {
      let sum = 0;
      for (let i = 0; i < vectors.columns; i += 1)
        sum += (vectors.values[row * vectors.columns + i] - vectors.values[other * vectors.columns + i]) ** 2;
      squares[other] = sum;
    }
    const others = [...near.rows.subarray(at * (K + 1), (at + 1) * (K + 1))]
      .filter((other) => other !== row)
      .slice(0, K);
    for (const other of others) {
      // The row itself is before all.
      let rank = 0;
      for (let i = 0; i < n; i += 1) if (i !== row && squares[i] < squares[other]) rank += 1;
      if (rank < K) kept += 1;
      else penalty += rank + 1 - K;
    }
  });
  return { kept: kept / rows.length / K, trust: 1 - (2 / (rows.length * K * (2 * n - 3 * K - 1))) * penalty };
}

/** Of the K nearest in the plane of a hotspot's caption, those of the same hotspot. */
function purity(events, places) {
  const matrix = { rows: events.length, columns: 2, values: places };
  const asked = events.flatMap((event, row) => (event === null ? [] : [row])).slice(0, 3000);
  const own = new Float32Array(asked.length * 2);
  asked.forEach((row, i) => {
    own.set(places.subarray(2 * row, 2 * row + 2), 2 * i);
  });
  const { k, rows } = nearestRows({ rows: asked.length, columns: 2, values: own }, matrix, {
    k: K + 1,
    without: false,
  });
  let [same, all] = [0, 0];
  asked.forEach((row, i) => {
    for (let j = i * k; j < (i + 1) * k; j += 1)
      if (rows[j] !== row) {
        all += 1;
        if (events[rows[j]] === events[row]) same += 1;
      }
  });
  return same / all;
}

function tell(what, { pictures, vectors, events }, places, seconds) {
  const { kept, trust } = truthOf(vectors, places);
  console.log(
    `| ${pictures.toLocaleString('en')} | ${vectors.rows.toLocaleString('en')} | ${what} | ${seconds.toFixed(2)} | ${trust.toFixed(3)} | ${kept.toFixed(3)} | ${purity(events, places).toFixed(2)} |`,
  );
}

console.log(
  '| pictures | captions | how | s | trustworthiness | nearest 15 kept | of a hotspot’s nearest, its own |\n|---|---|---|---|---|---|---|',
);
for (const size of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) {
  const set = await city(size);
  const timed = (work) => {
    const started = performance.now();
    const result = work();
    return [result, (performance.now() - started) / 1000];
  };
  const [flat, flatTime] = timed(() => onAxes(principalAxes(set.vectors, 2), set.vectors).values);
  tell('two principal axes', set, flat, flatTime);
  const [first, firstTime] = timed(() => layOut(set.vectors));
  tell('anew', set, first.places, firstTime);
  // Four fifths were there before.
  const there = Math.floor(set.vectors.rows * 0.8);
  const cut = (to) => ({ ...set.vectors, rows: to, values: set.vectors.values.subarray(0, to * set.vectors.columns) });
  const before = layOut(cut(there));
  const known = new Float32Array(2 * set.vectors.rows).fill(Number.NaN);
  known.set(before.places);
  const [on, onTime] = timed(() => layOut(set.vectors, { before: known }));
  tell('a fifth more, laid out again', set, on.places, onTime);
  let moved = 0;
  for (let i = 0; i < there; i += 1)
    moved += Math.hypot(on.places[2 * i] - known[2 * i], on.places[2 * i + 1] - known[2 * i + 1]) / there;
  const rest = {
    rows: set.vectors.rows - there,
    columns: set.vectors.columns,
    values: set.vectors.values.subarray(there * set.vectors.columns),
  };
  const [added, addedTime] = timed(() => {
    const rows = onAxes(before.axes, cut(there));
    const marks = before.landmarks;
    const picked = new Float32Array(marks.length * rows.columns);
    const places = new Float32Array(marks.length * 2);
    marks.forEach((row, i) => {
      picked.set(rows.values.subarray(row * rows.columns, (row + 1) * rows.columns), i * rows.columns);
      places.set(before.places.subarray(2 * row, 2 * row + 2), 2 * i);
    });
    return placeAmong(onAxes(before.axes, rest), {
      rows: { rows: marks.length, columns: rows.columns, values: picked },
      places,
    });
  });
  const together = known.slice();
  together.set(added, 2 * there);
  tell(
    `a fifth more, placed among them (${((1000 * addedTime) / rest.rows).toFixed(2)} ms each)`,
    set,
    together,
    addedTime,
  );
  console.log(
    `<!-- mean move of those that were there when laid out again: ${moved.toFixed(2)} of a map ${PROJECTION.width} wide -->`,
  );
  if (umapPath && size <= 10_000) {
    const { UMAP } = createRequire(import.meta.url)(umapPath);
    const rows = Array.from({ length: set.vectors.rows }, (_, i) => [
      ...set.vectors.values.subarray(i * set.vectors.columns, (i + 1) * set.vectors.columns),
    ]);
    let state = 1;
    const [theirs, time] = timed(() =>
      new UMAP({
        nNeighbors: K,
        random: () => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return state / 2 ** 32;
        },
      }).fit(rows),
    );
    tell('umap-js 1.4.0', set, Float32Array.from(theirs.flat()), time);
  }
}
await embedder.dispose();
