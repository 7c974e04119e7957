import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from '../../src/training/runDirectory.js';

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-run-'));
  out = path.join(folder, 'new', 'out');
});
afterEach(() => rm(folder, { recursive: true }));

const refusal = (message: RegExp) => ({ code: 'CONFIG', message: expect.stringMatching(message) });
const never = () => Promise.reject(new Error('trained again'));

describe('once', () => {
  it('trains, records, and the next time only says what became of it', async () => {
    const run = { out, identity: 'a' };
    await expect(once(run, async () => ({ loss: 0.5 }))).resolves.toEqual({ loss: 0.5, already: false });
    expect(JSON.parse(await readFile(path.join(out, 'run.json'), 'utf8'))).toEqual({
      identity: 'a',
      result: { loss: 0.5 },
    });
    await expect(once(run, never)).resolves.toEqual({ loss: 0.5, already: true });
    await expect(once({ out, identity: 'b' }, never)).rejects.toMatchObject(
      refusal(/out holds a finished run with other settings; choose another --out$/),
    );
  });

  it('records nothing where training failed, and trains again', async () => {
    await expect(once({ out, identity: 'a' }, never)).rejects.toThrow('trained again');
    expect(existsSync(path.join(out, 'run.json'))).toBe(false);
    await expect(once({ out, identity: 'a' }, async () => ({}))).resolves.toEqual({ already: false });
  });

  it('removes checkpoints only after the record is there, and those that a kill left', async () => {
    const checkpoint = path.join(out, 'checkpoint.bin');
    const run = { out, identity: 'a' };
    await once(run, async () => {
      await writeFile(checkpoint, '');
      await writeFile(path.join(out, 'model.safetensors'), '');
      return {};
    });
    expect(existsSync(checkpoint)).toBe(false);
    for (const name of ['checkpoint.bin', 'checkpoint.bin.new', 'best.bin']) await writeFile(path.join(out, name), '');
    await once(run, never);
    for (const name of ['checkpoint.bin', 'checkpoint.bin.new', 'best.bin'])
      expect(existsSync(path.join(out, name))).toBe(false);
  });

  it('goes on where weights and a checkpoint lie: a kill between model and record', async () => {
    await mkdir(out, { recursive: true });
    await writeFile(path.join(out, 'model.safetensors'), '');
    await writeFile(path.join(out, 'checkpoint.bin'), '');
    await expect(once({ out, identity: 'a' }, async () => ({}))).resolves.toEqual({ already: false });
  });

  it('never writes over a model that is not its own', async () => {
    await mkdir(out, { recursive: true });
    for (const name of ['model.safetensors', 'model.safetensors.index.json']) {
      await writeFile(path.join(out, name), '');
      await expect(once({ out, identity: 'a' }, never)).rejects.toMatchObject(
        refusal(/out holds a model that no run recorded there; choose another --out$/),
      );
      await rm(path.join(out, name));
    }
    await symlink(out, path.join(folder, 'link'));
    await expect(once({ out, identity: 'a', model: path.join(folder, 'link') }, never)).rejects.toMatchObject(
      refusal(/out is the model that is trained from; choose another --out$/),
    );
  });

  it('says why a folder cannot be written, and that a record is broken', async () => {
    await writeFile(path.join(folder, 'new'), '');
    await expect(once({ out, identity: 'a' }, never)).rejects.toMatchObject(
      refusal(/new\/out: cannot be written: what should be its folder is a file$/),
    );
    await expect(once({ out: path.join(folder, 'new'), identity: 'a' }, never)).rejects.toMatchObject(
      refusal(/new: cannot be written: a file stands in its place$/),
    );
    await writeFile(path.join(folder, 'run.json'), '{');
    await expect(once({ out: folder, identity: 'a' }, never)).rejects.toMatchObject({ code: 'BAD_MODEL' });
  });
});
