import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/config.js';
import { type FetchMediaOptions, fetchMedia } from '../../src/ingest/fetchMedia.js';

const picture = Buffer.from('not decoded here');
/** 64 MB in 64 kB: as far as gzip goes. */
const bomb = gzipSync(Buffer.alloc(64 << 20));
const png = { 'content-type': 'image/png' };
let server: Server;
let port: number;
/** Requests that reached the server, by path. */
const seen: string[] = [];

const routes: Record<string, RequestListener> = {
  '/picture': (_, response) => response.writeHead(200, png).end(picture),
  '/bytes': (_, response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(picture),
  '/agent': (request, response) => response.writeHead(200).end(request.headers['user-agent']),
  '/untyped': (_, response) => response.writeHead(200).end(picture),
  '/gzip': (_, response) => response.writeHead(200, { ...png, 'content-encoding': 'gzip' }).end(gzipSync(picture)),
  '/bomb': (_, response) =>
    response.writeHead(200, { ...png, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1 << 20))),
  '/zstd': (_, response) => response.writeHead(200, { ...png, 'content-encoding': 'zstd' }).end(picture),
  '/svg': (_, response) => response.writeHead(200, { 'content-type': 'image/svg+xml' }).end('<svg/>'),
  '/lying-bomb': (_, response) =>
    response.writeHead(200, { ...png, 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb),
  '/page': (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
  '/announced': (_, response) =>
    response.writeHead(200, { ...png, 'content-length': 1 << 20 }).end(Buffer.alloc(1 << 20)),
  '/endless': (_, response) => {
    response.writeHead(200, png);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(8192)));
    };
    response.on('drain', more);
    more();
  },
  '/silent': () => undefined,
  '/slow': (_, response) => {
    response.writeHead(200, png).write('a');
    const timer = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/cut': (_, response) => {
    response.writeHead(200, { ...png, 'content-length': 100 }).write('a');
    response.on('drain', () => undefined);
    setImmediate(() => response.destroy());
  },
  '/to-picture': (_, response) => response.writeHead(302, { location: '/picture' }).end(),
  '/to-metadata': (_, response) => response.writeHead(301, { location: 'http://169.254.169.254/latest/' }).end(),
  '/to-localhost': (_, response) => response.writeHead(307, { location: `http://localhost:${port}/picture` }).end(),
  '/to-file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/to-secret': (_, response) =>
    response.writeHead(302, { location: `http://user:secret@127.0.0.1:${port}/picture` }).end(),
  '/nowhere': (_, response) => response.writeHead(302).end(),
  '/circle': (_, response) => response.writeHead(302, { location: '/circle' }).end(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url!;
    seen.push(path);
    const status = /^\/status\/(\d+)/.exec(path);
    if (status) response.writeHead(Number(status[1]), png).end(picture);
    else routes[path]!(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const options: FetchMediaOptions = { allow: ['127.0.0.1'], maxBytes: 10_000, timeoutMs: 20_000, ports: [] };
const get = (path: string, more: Partial<FetchMediaOptions> = {}) =>
  fetchMedia(path.startsWith('/') ? `http://127.0.0.1:${port}${path}` : path, { ...options, ...more });

describe('fetchMedia', () => {
  it.each(['/picture', '/bytes', '/untyped', '/gzip', '/to-picture'])('gives the body of %s', async (path) => {
    expect(Buffer.from(await get(path))).toEqual(picture);
  });

  it('says who asks: Hotlens, in which version', async () => {
    const { version } = JSON.parse(await readFile(path.join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(Buffer.from(await get('/agent')).toString()).toBe(`Hotlens/${version}`);
  });

  it.each([
    ['/page', 'not a picture but text/html'],
    ['/svg', 'not a picture but image/svg+xml'],
    ['/lying-bomb', 'larger than 10000 bytes'],
    ['/zstd', 'encoded as zstd'],
    ['/announced', 'larger than 10000 bytes'],
    ['/endless', 'larger than 10000 bytes'],
    ['/bomb', 'larger than 10000 bytes'],
    ['/circle', 'more than 5 redirects'],
    ['/to-metadata', '169.254.169.254: not a public address'],
    ['/to-localhost', 'localhost: not a public address'],
    ['/to-file', 'not an http or https address'],
    ['/to-secret', 'a user name or password'],
  ])('refuses %s for good', async (path, reason) => {
    const allow = [`127.0.0.1:${port}`];
    await expect(get(path, { allow })).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      retryable: false,
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    ['/status/500', true],
    ['/status/503', true],
    ['/status/429', true],
    ['/status/408', true],
    ['/status/425', true],
    ['/status/404', false],
    ['/status/410', false],
    ['/status/403', false],
    ['/status/204', false],
    ['/nowhere', false],
    ['/cut', true],
  ])('finds %s unavailable, to be tried again: %p', async (path, retryable) => {
    await expect(get(path)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE', retryable });
  });

  it.each(['/silent', '/slow'])('gives %s up when the time is over', async (path) => {
    await expect(get(path, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('took longer than 300 ms'),
    });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const fetching = get('/silent', { signal: stop.signal });
    stop.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE', retryable: true });
  });

  it('finds a closed port and an unknown name unavailable for now', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    await expect(get(`http://127.0.0.1:${free}/`)).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      retryable: true,
    });
    // RFC 6761: never resolves.
    await expect(get('http://nobody.invalid/a.png')).rejects.toMatchObject({
      code: 'MEDIA_UNAVAILABLE',
      retryable: true,
    });
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    'localhost',
    'LOCALHOST',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0',
    '[::]',
  ])('does not connect to %s unless it is allowed', async (host) => {
    const before = seen.length;
    await expect(get(`http://${host}:${port}/picture`, { allow: [] })).rejects.toMatchObject({
      code: 'MEDIA_REFUSED',
      message: expect.stringContaining('not a public address'),
    });
    expect(seen).toHaveLength(before);
  });

  it.each([
    'ftp://example.org/a',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'javascript:1',
    'nonsense',
    '',
    'http://a:b@example.org/',
  ])('does not even look at %j', async (url) => {
    await expect(fetchMedia(url, options)).rejects.toMatchObject({ code: 'MEDIA_REFUSED', retryable: false });
  });
});
