import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/db/openDatabase.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'hotlens-db-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

describe('openDatabase', () => {
  it('keeps what was written when it is opened again', async () => {
    const first = await openDatabase({ dataDir, databaseUrl: undefined });
    await first.prisma.import.create({ data: { origin: 'kept' } });
    await first.close();
    const second = await openDatabase({ dataDir, databaseUrl: undefined });
    expect(await second.prisma.import.findMany({ select: { origin: true } })).toEqual([{ origin: 'kept' }]);
    await second.close();
  });
});
