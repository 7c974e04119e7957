// The GraphQL schema of the build in dist/ as text.
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';

export const SCHEMA_FILE = fileURLToPath(new URL('../schema.graphql', import.meta.url));

/** Sorted by name, so that moving a resolver changes nothing. */
export async function schemaText() {
  const { createSchema } = await import('../dist/resolvers/index.js');
  return `# Written by \`npm run schema\`. Do not edit: src/resolvers is the source.\n\n${printSchema(lexicographicSortSchema(createSchema()))}\n`;
}
