// Loaded before a Hotlens (NODE_OPTIONS=--import): questions of SQL to the embedded database, which belongs to that process alone, over
// a Unix socket. Only the harness has it; the server itself opens no such thing.
import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';

const path = process.env.HOTLENS_TEST_WIRE;
// Neither in the threads nor in the process of inference, which inherit the options.
if (path !== undefined && isMainThread && /main\.js$/.test(process.argv[1] ?? '')) await listen(path);

async function listen(at) {
  const { default: pg } = await import('pg');
  const { connect } = pg.Pool.prototype;
  let pool;
  pg.Pool.prototype.connect = function (...given) {
    pool ??= this;
    return connect.apply(this, given);
  };
  const server = createServer(async (request, response) => {
    try {
      const sql = Buffer.concat(await request.toArray()).toString();
      response.end(JSON.stringify((await pool.query(sql)).rows));
    } catch (error) {
      response.writeHead(500).end(error.message);
    }
  });
  server.listen(at).unref();
}
