import { appendFile, copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openCheckpoint } from '../../../src/inference/captioner.js';
import { weightNames } from '../../../src/inference/checkpoint/weights.js';

const MODEL = 'test/fixtures/blip2-opt-tiny';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-digest-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a model in a hub cache, whose files are links to blobs, has the digest of its plain copy', async () => {
  const [blobs, snapshot] = [path.join(folder, 'blobs'), path.join(folder, 'snapshots', 'main')];
  await mkdir(blobs, { recursive: true });
  await mkdir(snapshot, { recursive: true });
  const names = ['config.json', 'generation_config.json', 'model.safetensors', 'preprocessor_config.json'];
  for (const [i, name] of [...names, 'tokenizer.json', 'tokenizer_config.json'].entries()) {
    await copyFile(path.join(MODEL, name), path.join(blobs, `blob${i}`));
    await symlink(path.join('..', '..', 'blobs', `blob${i}`), path.join(snapshot, name));
  }
  expect(await weightNames(snapshot)).toEqual(['model.safetensors']);
  const { digest } = await openCheckpoint(snapshot);
  expect(digest).toBe((await openCheckpoint(MODEL)).digest);
  // And the weights count: other bytes, another digest.
  await appendFile(path.join(blobs, 'blob2'), 'x');
  expect((await openCheckpoint(snapshot)).digest).not.toBe(digest);
});
