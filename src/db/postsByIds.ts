// Posts by their ids.
import type { PrismaClient } from './generated/client.js';
import type { PostRow } from './postRow.js';

/** The posts that exist, in any order. */
export function postsByIds(prisma: PrismaClient, ids: readonly string[]): Promise<PostRow[]> {
  return prisma.post.findMany({ where: { id: { in: [...ids] } } });
}
