// Writes schema.graphql from the compiled resolvers.
import { writeFileSync } from 'node:fs';
import { SCHEMA_FILE, schemaText } from './schemaText.js';

writeFileSync(SCHEMA_FILE, await schemaText());
