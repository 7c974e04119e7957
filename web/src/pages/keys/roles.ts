// The roles, and what each may.
import type { Role } from '../../queries/documents.js';

export const ROLES: Readonly<Record<Role, { readonly name: string; readonly may: string }>> = {
  VIEWER: { name: 'viewer', may: 'reads' },
  ANALYST: { name: 'analyst', may: 'also imports and edits' },
  ADMIN: { name: 'admin', may: 'also keys, the audit and the queues' },
};
