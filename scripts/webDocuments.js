// Writes web/src/queries/documents.ts, the types and the documents of web/src/queries/*.graphql, checked against schema.graphql. Each document is
// a file of its own below documents/, so that a page brings those that it asks with and no others; beside it stands its text, for whoever asks
// before there is a client (web/src/first).
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, Kind, parse, print, printSchema, stripIgnoredCharacters, validate, visit } from 'graphql';

const FOLDER = 'web/src/queries';
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const documents = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => ({ location: file, document: parse(readFileSync(path.join(FOLDER, file), 'utf8')) }));
const all = { kind: 'Document', definitions: documents.flatMap(({ document }) => document.definitions) };
const errors = validate(schema, all);
if (errors.length > 0) {
  for (const { message, nodes } of errors)
    process.stderr.write(`web/src/queries: ${message} (${nodes?.[0]?.loc?.startToken.line})\n`);
  process.exit(1);
}
const text = await codegen({
  filename: 'documents.ts',
  schema: parse(printSchema(schema)),
  schemaAst: schema,
  documents,
  config: {
    useTypeImports: true,
    skipTypename: true,
    scalars: { DateTime: 'string', JSON: 'unknown' },
    enumType: 'string-literal',
  },
  pluginMap: { operations, typedDocuments },
  plugins: [{ operations: {} }, { typedDocuments: {} }],
});
const EACH = path.join(FOLDER, 'documents');
rmSync(EACH, { recursive: true, force: true });
mkdirSync(EACH, { recursive: true });
const fragments = new Map(
  all.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((one) => [one.name.value, one]),
);
const types = text.replace(/^export const (\w+) = (.*);$/gm, (_whole, name, value) => {
  const used = [...value.matchAll(/DocumentNode<(\w+), (\w+)>$/g)][0].slice(1).filter((type) => type !== 'unknown');
  const imported = `import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';\nimport type { ${used.join(', ')} } from '../documents.js';\n`;
  writeFileSync(path.join(EACH, `${name}.ts`), `${imported}export const ${name} = ${value};\n`);
  return `export { ${name} } from './documents/${name}.js';`;
});
writeFileSync(
  path.join(FOLDER, 'documents.ts'),
  types.replace(/^import type .* from '@graphql-typed-document-node\/core';$/m, ''),
);
for (const one of all.definitions) {
  if (one.kind !== Kind.OPERATION_DEFINITION) continue;
  const name = one.name.value;
  const whole = { kind: Kind.DOCUMENT, definitions: [one, ...fragmentsOf(one)].map(withTypenames) };
  const question = { operationName: name, query: stripIgnoredCharacters(print(whole)) };
  writeFileSync(path.join(EACH, `${name}Question.ts`), `export const ${name}Question = ${JSON.stringify(question)};\n`);
}

/** All that it spreads, and what that spreads. */
function fragmentsOf(definition, found = new Set()) {
  visit(definition, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (found.has(fragment)) return;
      found.add(fragment);
      fragmentsOf(fragment, found);
    },
  });
  return found;
}

/** As the client adds them: it keeps answers by their types. */
function withTypenames(definition) {
  return visit(definition, {
    SelectionSet: {
      leave(set, _key, parent) {
        if (parent.kind === Kind.OPERATION_DEFINITION) return undefined;
        const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
        return { ...set, selections: [...set.selections, typename] };
      },
    },
  });
}
