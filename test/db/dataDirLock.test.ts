import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDir } from '../../src/db/dataDirLock.js';
import { until } from '../support/until.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'hotlens-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const file = () => path.join(directory, 'hotlens.lock');

describe('lockDataDir', () => {
  it('is held by one, and free for the next when it is released', () => {
    const lock = lockDataDir(directory);
    expect(() => lockDataDir(directory)).toThrow(`pid ${process.pid}`);
    lock.release();
    lockDataDir(directory).release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('names the server that holds it and the way in', () => {
    const lock = lockDataDir(directory);
    lock.announce('http://127.0.0.1:4000/graphql');
    expect(() => lockDataDir(directory)).toThrow(/server.*pid.*http:\/\/127\.0\.0\.1:4000\/graphql/);
    lock.release();
  });

  it('is taken over from a process that is dead', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    writeFileSync(file(), JSON.stringify({ pid: child.pid, startedAt: '' }));
    lockDataDir(directory).release();
  });

  it('is taken over from a process that is dead although nobody waited for it', async () => {
    if (!existsSync('/proc/self/stat')) return;
    // The shell becomes a sleep that never asks what became of its child.
    const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await until('the zombie', async () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
    writeFileSync(file(), JSON.stringify({ pid, startedAt: '' }));
    lockDataDir(directory).release();
    parent.kill();
  });

  it('is taken over where its process id now belongs to another process', () => {
    // Our parent lives, but did not start at the instant that is noted.
    writeFileSync(file(), JSON.stringify({ pid: process.ppid, startedAt: 'another-boot/1' }));
    if (!existsSync('/proc/self/stat')) return;
    lockDataDir(directory).release();
  });

  it('is not taken from a living process', () => {
    writeFileSync(file(), JSON.stringify({ pid: process.ppid, startedAt: '' }));
    expect(() => lockDataDir(directory)).toThrow(`pid ${process.ppid}`);
  });

  it('is not taken from a process that is just writing it', () => {
    writeFileSync(file(), '');
    expect(() => lockDataDir(directory)).toThrow('another process is opening');
  });
});
