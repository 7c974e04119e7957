// Writes web/src/queries/documents.ts: the types and the documents of web/src/queries/*.graphql, checked against schema.graphql.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { codegen } from '@graphql-codegen/core';
import * as typedDocuments from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, printSchema, validate } from 'graphql';

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
writeFileSync(path.join(FOLDER, 'documents.ts'), text);
