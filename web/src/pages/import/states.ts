// How far an import is, in words.
import type { ImportStatus } from '../../queries/documents.js';

export const STATES: Readonly<Record<ImportStatus, string>> = {
  RUNNING: 'being read',
  COMPLETED: 'done',
  FAILED: 'ended early',
};
