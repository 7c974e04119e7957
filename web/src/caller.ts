// Who sits before the page, and what he may do: what he may not is not offered, or says why.
import { useQuery } from '@apollo/client/react';
import { type Role, StatusDocument } from './queries/documents.js';

const ROLES: readonly Role[] = ['VIEWER', 'ANALYST', 'ADMIN'];

export interface WhoAsks {
  readonly name: string;
  readonly role: Role;
  /** Whether he signed in here, and can sign out. */
  readonly session: boolean;
}

/** Undefined until the server has said. */
export function useCaller(): WhoAsks | undefined {
  return useQuery(StatusDocument).data?.caller;
}

/** Whether he may what the role may; undefined until the server has said. */
export function useMay(needed: Role): boolean | undefined {
  const caller = useCaller();
  return caller && ROLES.indexOf(caller.role) >= ROLES.indexOf(needed);
}
