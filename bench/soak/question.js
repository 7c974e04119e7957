// SQL to the database of a running Hotlens: PostgreSQL by its address, the embedded one over wire.js.
import { request } from 'node:http';
import pg from 'pg';

/** `ask(sql)` resolves to rows. */
export function openQuestion({ databaseUrl, socketPath }) {
  if (databaseUrl !== undefined) {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    return { ask: async (sql) => (await pool.query(sql)).rows, close: () => pool.end() };
  }
  const ask = (sql) =>
    new Promise((resolve, reject) => {
      const asked = request({ socketPath, method: 'POST', path: '/' }, async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(text));
      });
      asked.once('error', reject).end(sql);
    });
  return { ask, close: async () => undefined };
}
