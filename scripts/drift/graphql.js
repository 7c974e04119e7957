// schema.graphql against the resolvers.
import { readFile } from 'node:fs/promises';
import { SCHEMA_FILE, schemaText } from '../schemaText.js';

export const title = 'schema.graphql is what src/resolvers define';

/** The first line that differs (`npm run schema` writes the file). */
export async function check() {
  const [written, defined] = await Promise.all([readFile(SCHEMA_FILE, 'utf8'), schemaText()]);
  if (written === defined) return '';
  const lines = written.split('\n');
  const at = defined.split('\n').findIndex((line, index) => line !== lines[index]);
  return `schema.graphql line ${at + 1}: run npm run schema and review the difference`;
}
