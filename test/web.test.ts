import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';

describe('the start page', () => {
  it('asks only what the schema answers', async () => {
    const page = await readFile('web/index.html', 'utf8');
    const schema = buildSchema(await readFile('schema.graphql', 'utf8'));
    const queries = [...page.matchAll(/const (overview|model|example) = (?:`([^`]+)`|'([^']+)')/g)];
    expect(queries.map(([, name]) => name)).toEqual(['overview', 'model', 'example']);
    for (const [, name, long, short] of queries)
      expect({ name, errors: validate(schema, parse((long ?? short)!)).map(({ message }) => message) }).toEqual({
        name,
        errors: [],
      });
  });
});
