import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getIntrospectionQuery,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  separateOperations,
  validate,
} from 'graphql';
import { readConfig } from '../../src/config.js';
import { checkOperation, measureOperation } from '../../src/server/operationLimits.js';

const schema: GraphQLSchema = buildSchema(await readFile('schema.graphql', 'utf8'));
const { limits } = readConfig({}).requests;

function asked(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query, { maxTokens: limits.maxTokens });
  expect(validate(schema, document)).toEqual([]);
  const fragments = document.definitions.filter(
    (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION,
  );
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)!;
  return {
    schema,
    operation,
    fragments: new Map(fragments.map((definition) => [definition.name.value, definition])),
    variables,
  };
}
const size = (query: string, variables?: Record<string, unknown>) => measureOperation(asked(query, variables));
const refusal = (query: string, variables?: Record<string, unknown>) => () =>
  checkOperation(asked(query, variables), limits);

describe('measureOperation', () => {
  // Worked out by hand: a field counts once for each object that it is asked of.
  it.each([
    ['{ posts { pageInfo { hasNextPage } } }', 1 + 1 + 1],
    ['{ posts(first: 3) { nodes { id } } }', 1 + 1 + 3],
    ['{ posts(last: 3) { edges { cursor node { id text } } } }', 1 + 1 + 3 * (1 + 1 + 2)],
    ['{ posts { nodes { id } } }', 1 + 1 + 20],
    ['{ posts(first: 3) { nodes { images { altText } } } }', 1 + 1 + 3 * (1 + 10)],
    ['{ posts(first: 3) { totalCount } }', 1 + 20],
    [
      '{ hotspots(first: 2) { nodes { images(first: 4) { sha256 posts { id } } } } }',
      1 + 1 + 2 * (1 + 4 * (1 + 1 + 10)),
    ],
    ['{ hotspots(first: 2) { nodes { posts(first: 5) { nodes { id } } } } }', 1 + 1 + 2 * (1 + 1 + 5)],
    ['{ posts(first: 3) { ...page } } fragment page on PostConnection { nodes { id } }', 1 + 1 + 3],
    ['{ posts(first: 3) { ... on PostConnection { nodes { id } } } }', 1 + 1 + 3],
  ])('counts what %s may answer', (query, cost) => {
    expect(size(query).cost).toBe(cost);
  });

  it.each([
    [{ n: 7 }, 1 + 1 + 7],
    [{}, 1 + 1 + 5],
    [{ n: null }, 1 + 1 + 5],
  ])('takes lengths from the variables %j', (variables, cost) => {
    expect(size('query ($n: Int = 5) { posts(first: $n) { nodes { id } } }', variables).cost).toBe(cost);
  });

  it('counts depth, fields, aliases and directives through fragments and inline ones', () => {
    expect(
      size(`query { a: posts { ...page @include(if: true) } b: posts { ...page } }
            fragment page on PostConnection { nodes { n: id ... on Post @skip(if: false) { text } } }`),
    ).toMatchObject({ depth: 3, fields: 2 * (1 + 1 + 2), aliases: 2 + 2, directives: 1 + 2 });
  });

  it('walks each fragment once, though forty that double are a trillion fields', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) =>
        `fragment f${i} on Post { id images { image { posts { ${i < 39 ? `...f${i + 1}` : 'id'} } } } a${i}: images { image { posts { ${i < 39 ? `...f${i + 1}` : 'id'} } } } }`,
    );
    const { fields, depth } = size(`{ posts { nodes { ...f0 } } } ${fragments.join(' ')}`);
    expect(depth).toBe(2 + 40 * 3 + 1);
    expect(fields).toBeGreaterThan(2 ** 40);
  });
});

describe('checkOperation', () => {
  const nested = (levels: number): string =>
    levels === 0 ? 'id' : `images { image { posts(first: 1) { ${nested(levels - 1)} } } }`;

  it.each([
    ['depth', `{ posts(first: 1) { nodes { ${nested(7)} } } }`, /depth 24, at most 20/],
    ['breadth', `{ ${'__typename '.repeat(501)} }`, /fields 501, at most 500/],
    ['aliases', `{ ${Array.from({ length: 51 }, (_, i) => `a${i}: __typename`).join(' ')} }`, /aliases 51, at most 50/],
    [
      'directives',
      `{ ${'__typename @include(if: true) '.repeat(51)} }`,
      /^the operation asks for too much: directives 51, at most 50$/,
    ],
    [
      'cost',
      '{ hotspots(first: 100) { nodes { posts(first: 100) { nodes { id text author url language images { altText url } } } } } }',
      /cost 260,202, at most 200000/,
    ],
  ])('refuses too much %s and says how much', (_, query, message) => {
    expect(refusal(query)).toThrow(message);
    expect(refusal(query)).toThrow(expect.objectContaining({ code: 'TOO_COSTLY' }));
  });

  it('counts what variables ask for', () => {
    const query =
      'query ($n: Int) { hotspots(first: $n) { nodes { posts(first: $n) { nodes { id text author url } } } } }';
    expect(refusal(query, { n: 100 })).not.toThrow();
    expect(refusal(query, { n: 1000 })).toThrow(/cost 4,002,002/);
  });

  it('admits a few expensive mutations, not many', () => {
    const previews = (count: number) =>
      `mutation { ${Array.from({ length: count }, (_, i) => `p${i}: previewCaption(image: { base64: "AA" }) { text }`).join(' ')} }`;
    expect(refusal(previews(10))).not.toThrow();
    expect(refusal(previews(50))).toThrow(/cost 500,050/);
  });

  it('admits the introspection that tools send', () => {
    expect(refusal(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true }))).not.toThrow();
  });

  it('admits every operation of the documents and the pages, with half of the cost to spare', async () => {
    const documents = await Promise.all(['README.md', 'docs/hotspots.md'].map((file) => readFile(file, 'utf8')));
    const blocks = [...documents.join('\n').matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map((match) => match[1]!);
    const folder = 'web/src/queries';
    const names = (await readdir(folder)).filter((name) => name.endsWith('.graphql'));
    const { definitions } = parse(
      (await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n'),
    );
    const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
    // Each with the fragments that it needs alone, as the client sends it.
    const queries = definitions
      .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
      .map((operation) => {
        const all = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as const;
        return print(separateOperations(all)[(operation as OperationDefinitionNode).name!.value]!);
      });
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    expect(queries.length).toBeGreaterThanOrEqual(12);
    // As much as the pages ask for.
    const asked = { first: 100, minutes: 60, last: 336 };
    for (const query of [...blocks, ...queries]) {
      expect(refusal(query, asked)).not.toThrow();
      expect(size(query, asked).cost).toBeLessThan(limits.maxCost / 2);
    }
  });
});
