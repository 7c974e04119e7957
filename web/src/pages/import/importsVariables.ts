// What the list of imports is asked for with, at first.
import type { ImportsQueryVariables } from '../../queries/documents.js';

export const importsVariables: ImportsQueryVariables = { first: 20 };
