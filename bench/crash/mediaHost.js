// A host of pictures on the loopback address that can be made to fail in the ways that hosts do.
import { once } from 'node:events';
import { createServer } from 'node:http';

export const HOST_FAULTS = ['refuse', 'hang', '503', '429', 'cut'];

/** Serves what is put into `pictures` (path -> bytes); 404 for the rest. */
export async function openMediaHost() {
  const pictures = new Map();
  let fault = null;
  const held = new Set();
  const server = createServer((request, response) => {
    if (fault === 'refuse') return request.socket.destroy();
    // Neither an answer nor an end: until the fault is over.
    if (fault === 'hang') return void held.add(request.socket);
    if (fault === '503') return void response.writeHead(503).end();
    if (fault === '429') return void response.writeHead(429, { 'retry-after': '1' }).end();
    const bytes = pictures.get(request.url);
    if (bytes === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': bytes.length });
    if (fault !== 'cut') return void response.end(bytes);
    response.write(bytes.subarray(0, bytes.length >> 1));
    setTimeout(() => request.socket.destroy(), 20);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    pictures,
    break: (how) => {
      fault = how;
    },
    mend() {
      fault = null;
      for (const socket of held) socket.destroy();
      held.clear();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
