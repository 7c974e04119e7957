// What a vector's place in an index costs, and finding its neighbours, in half and in single precision:
// `npm run build && node bench/vectorIndex.js [COUNT] [DIMENSION]` in the embedded database, behind `node scripts/withPostgres.js` in PostgreSQL. Vectors as
// texts have them: around 200 places. Wall time, so on an idle machine; rounds of both precisions in turn, medians.
import { openDatabase } from '../dist/db/openDatabase.js';
import { randomOf } from '../dist/training/scenes/random.js';
import { median } from './median.js';

const [count = 4000, dimension = 128] = process.argv.slice(2).map(Number);
const ROUNDS = 3;
/** Rows of one statement, and questions of a round. */
const ROWS = 32;
const QUESTIONS = 100;

const random = randomOf('vector index');
const numbers = (spread) => Array.from({ length: dimension }, () => spread * (random.next() - 0.5));
const places = Array.from({ length: 200 }, () => numbers(1));
const vectors = Array.from({ length: count }, () => {
  const place = places[random.below(places.length)];
  return `[${numbers(0.4).map((x, i) => (x + place[i]).toFixed(5))}]`;
});
const INDEXES = {
  none: undefined,
  half: `((v::halfvec(${dimension})) halfvec_cosine_ops)`,
  single: `((v::vector(${dimension})) vector_cosine_ops)`,
};
const TYPES = { half: `halfvec(${dimension})`, single: `vector(${dimension})` };

const databaseUrl = process.env.HOTLENS_TEST_DATABASE_URL;
const db = await openDatabase({ dataDir: undefined, databaseUrl });
const taken = { none: [], half: [], single: [] };
const asked = { half: [], single: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, index] of Object.entries(INDEXES)) {
    await db.pool.query(`CREATE TABLE bench_vectors (id int GENERATED ALWAYS AS IDENTITY, v vector)`);
    if (index !== undefined) await db.pool.query(`CREATE INDEX ON bench_vectors USING hnsw ${index}`);
    let start = performance.now();
    for (let from = 0; from < count; from += ROWS)
      await db.pool.query('INSERT INTO bench_vectors (v) SELECT unnest($1::text[])::vector', [
        vectors.slice(from, from + ROWS),
      ]);
    taken[name].push((performance.now() - start) / count);
    if (index !== undefined) {
      const type = TYPES[name];
      start = performance.now();
      for (let i = 0; i < QUESTIONS; i++)
        await db.pool.query(`SELECT id FROM bench_vectors ORDER BY v::${type} <=> '${vectors[i]}'::${type} LIMIT 20`);
      asked[name].push((performance.now() - start) / QUESTIONS);
    }
    await db.pool.query('DROP TABLE bench_vectors');
  }
}
await db.close();

const plain = median(taken.none);
process.stdout.write(
  `${db.kind}, ${count} vectors of ${dimension} numbers: ${plain.toFixed(2)} ms a vector without an index\n`,
);
for (const name of ['half', 'single'])
  process.stdout.write(
    `${name}: ${(median(taken[name]) - plain).toFixed(2)} ms more with an index, ${median(asked[name]).toFixed(2)} ms to find twenty\n`,
  );
