import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { checkModels } from '../../src/doctor/checkModels.js';
import type { Finding } from '../../src/doctor/finding.js';
import { openEmbedder } from '../../src/inference/embedding/embedder.js';
import { TINY_MODELS } from '../support/tinyModels.js';

describe('a look at the models', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hotlens-models-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function look(env: Readonly<Record<string, string>>): Promise<Finding[]> {
    const config = readConfig({ ...TINY_MODELS, HOTLENS_DEVICE: 'cpu', ...env });
    const findings: Finding[] = [];
    for await (const finding of checkModels(config, { trial: false })) findings.push(finding);
    return findings;
  }
  const without = (file: string) => (directory: string) => rm(path.join(directory, file));

  it.each([
    ['HOTLENS_MODEL', 'no configuration', without('config.json'), 'config.json cannot be read: no such file'],
    ['HOTLENS_MODEL', 'no tokenizer', without('tokenizer.json'), 'no tokenizer'],
    ['HOTLENS_MODEL', 'nothing on pictures', without('preprocessor_config.json'), 'preprocessor_config.json'],
    ['HOTLENS_MODEL', 'no weights', without('model.safetensors'), 'no model.safetensors'],
    [
      'HOTLENS_MODEL',
      'weights that are cut short',
      (directory: string) => truncate(path.join(directory, 'model.safetensors'), 700_000),
      'is cut short',
    ],
    [
      'HOTLENS_MODEL',
      'a configuration that is no JSON',
      (directory: string) => writeFile(path.join(directory, 'config.json'), '{'),
      'is not JSON',
    ],
    ['HOTLENS_EMBEDDER', 'no configuration', without('config.json'), 'config.json cannot be read: no such file'],
    ['HOTLENS_EMBEDDER', 'no tokenizer', without('tokenizer.json'), 'no tokenizer'],
    ['HOTLENS_EMBEDDER', 'nothing on pooling', without('1_Pooling/config.json'), '1_Pooling/config.json'],
  ] as const)(
    'fails where %s has %s, says what is missing, and looks at the other',
    async (variable, what, spoil, found) => {
      const directory = path.join(folder, `${variable} ${what}`);
      await cp(TINY_MODELS[variable], directory, { recursive: true });
      await spoil(directory);
      const findings = await look({ [variable]: directory });
      const [broken, whole] = variable === 'HOTLENS_MODEL' ? ['captioner', 'embedder'] : ['embedder', 'captioner'];
      const of = (check: string | undefined) => findings.find((finding) => finding.check === check);
      expect(of(broken)).toMatchObject({
        status: 'failed',
        found: expect.stringContaining(found),
        next: `let ${variable} name a whole model directory, or unset it for the one that ships`,
      });
      expect(of(whole)).toMatchObject({ status: 'ok' });
    },
  );

  it('tells the digest by which the embedder is known everywhere else', async () => {
    const findings = await look({});
    const embedder = await openEmbedder(TINY_MODELS.HOTLENS_EMBEDDER, { device: 'cpu' });
    try {
      const { digest } = embedder.info;
      expect(findings.find(({ check }) => check === 'embedder')?.found).toContain(`digest ${digest.slice(0, 12)}`);
    } finally {
      await embedder.dispose();
    }
  });

  it('fails where a device is asked for that is not there', async () => {
    const findings = await look({ HOTLENS_DEVICE: 'cuda' });
    expect(findings.find(({ check }) => check === 'execution provider')).toMatchObject({
      status: 'failed',
      next: expect.stringContaining('HOTLENS_DEVICE'),
    });
  });
});
