// Which role a field or type is for, where it is not for everybody who may ask.
import { Extensions } from 'type-graphql';
import type { Role } from '../access/role.js';

/** Marks a query, subscription, field or type as one for this role and those above it. Mutations say so by `@Changes`. */
export function Needs(role: Role) {
  return Extensions({ needs: role });
}
