import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';

const readme = await readFile('README.md', 'utf8');
const blocks = (languages: string, text = readme) =>
  [...text.matchAll(new RegExp(`^\`\`\`(?:${languages})\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1]!.trim());

describe('README.md', () => {
  it('begins its commands with the run line and the test line', () => {
    // Newcomers and .ci/run take them from here.
    expect(blocks('sh|bash|shell|console').slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  });

  it('lists exactly the variables that src/config.ts reads', async () => {
    const config = await readFile('src/config.ts', 'utf8');
    const read = [...config.matchAll(/^ {2}(HOTLENS_[A-Z_]+|DATABASE_URL):/gm)].map((match) => match[1]!);
    const rows = readme.split('\n').filter((line) => /^\| `(HOTLENS|DATABASE)_/.test(line));
    const listed = rows.flatMap((row) => row.split('|')[1]!.match(/[A-Z][A-Z_]+/g) ?? []);
    expect(read.length).toBeGreaterThan(10);
    expect(listed.sort()).toEqual(read.sort());
  });

  it('shows only operations that the schema accepts', async () => {
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const files = ['docs/hotspots.md', 'docs/access.md', 'docs/data.md', 'docs/metrics-and-traces.md', 'docs/ecma.md'];
    const guides = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const operations = [...blocks('graphql'), ...guides.flatMap((guide) => blocks('graphql', guide))];
    expect(operations.length).toBeGreaterThanOrEqual(5);
    for (const operation of operations) {
      expect({ operation, errors: validate(schema, parse(operation)).map((error) => error.message) }).toEqual({
        operation,
        errors: [],
      });
    }
  });

  it('links only to files that are here', async () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    for (const link of links)
      await expect(
        readFile(link).catch((error) => (error.code === 'EISDIR' ? '' : Promise.reject(error))),
      ).resolves.toBeDefined();
  });
});
