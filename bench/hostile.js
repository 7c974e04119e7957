// Memory under hostile files: `npm run build && node bench/hostile.js [FRACTION [TITLE]]`. Each file is written into a temporary folder, read by a
// `hotlens ingest` of its own on an embedded database of its own, watched from outside, and deleted. FRACTION (1) of their full size; only what has TITLE.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const fraction = Number(process.argv[2] ?? 1);
const only = process.argv[3];
const folder = mkdtempSync(path.join(tmpdir(), 'hotlens-hostile-'));
const MIB = 1 << 20;
const words = ['storm', 'harbour', 'crowd', 'street', 'light', 'festival', 'river', 'bridge'];

/** A post of some 4 kB, each with words of its own: equal ones would be packed like a bomb. */
function post(i) {
  const text = Array.from({ length: 450 }, (_, k) => `${words[(i * 31 + k * 7) % 8]}${(i * k) % 997}`).join(' ');
  return `${JSON.stringify({ id: String(i), author: `user${i % 997}`, text, createdAt: new Date(1777600000000 + i * 1500) })}\n`;
}

async function* posts(bytes) {
  for (let i = 0, written = 0; written < bytes; ) {
    let lines = '';
    for (let k = 0; k < 50; k++) lines += post(i++);
    written += lines.length;
    yield Buffer.from(lines);
  }
}

async function* longLine(bytes) {
  yield Buffer.from(`${post(0)}{"id":"long","text":"`);
  const part = Buffer.alloc(MIB, 'x');
  for (let written = 0; written < bytes; written += MIB) yield part;
  yield Buffer.from(`"}\n${post(1)}`);
}

async function* longRecord(bytes) {
  yield Buffer.from('id,text,createdAt\n1,a,2026-05-01\n2,"');
  const part = Buffer.alloc(MIB, 'x\n');
  for (let written = 0; written < bytes; written += MIB) yield part;
  yield Buffer.from('",2026-05-01\n3,c,2026-05-01\n');
}

async function* zeros(bytes) {
  yield Buffer.from(post(0));
  const part = Buffer.alloc(MIB, '\n');
  for (let written = 0; written < bytes; written += MIB) yield part;
}

async function measure(title, name, content, packed = false) {
  if (only !== undefined && only !== title) return;
  const file = path.join(folder, name);
  await pipeline([Readable.from(content), ...(packed ? [createGzip()] : []), createWriteStream(file)]);
  const data = path.join(folder, 'data');
  const start = performance.now();
  const child = spawn(process.execPath, ['dist/main.js', 'ingest', '--json', '--data', data, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', HOTLENS_DATA: data },
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] += text.slice(0, 10_000);
    });
  }
  // Resident set in MiB, four times a second: its course tells growth from a level.
  const resident = [];
  const timer = setInterval(() => {
    try {
      resident.push(Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024);
    } catch {
      // Ended between two looks.
    }
  }, 250);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  const level = resident.filter(Number.isFinite);
  const mean = (from, to) => Math.round(level.slice(from, to).reduce((sum, mib) => sum + mib, 0) / (to - from));
  const third = Math.floor(level.length / 3);
  process.stdout.write(
    `${title}: ${Math.round(statSync(file).size / MIB)} MiB, ${Math.round((performance.now() - start) / 1000)} s, status ${status}, ` +
      `RSS at most ${Math.round(Math.max(...level))} MiB (mean of the middle third ${mean(third, 2 * third)}, of the last ${mean(2 * third, level.length)})\n` +
      `  ${output.stdout.trim().slice(0, 200)}\n  ${output.stderr.trim().slice(0, 200)}\n`,
  );
  rmSync(file);
  rmSync(data, { recursive: true, force: true });
}

try {
  await measure('empty import', 'one.ndjson', posts(1));
  await measure('one line', 'line.ndjson', longLine(2048 * MIB * fraction));
  await measure('one CSV record', 'record.csv', longRecord(2048 * MIB * fraction));
  await measure('gzip bomb', 'bomb.ndjson.gz', zeros(4096 * MIB * fraction), true);
  await measure('NDJSON', 'posts.ndjson', posts(1024 * MIB * fraction));
  await measure('NDJSON, packed', 'posts.ndjson.gz', posts(256 * MIB * fraction), true);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
