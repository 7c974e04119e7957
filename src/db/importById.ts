// One import.
import type { Import, PrismaClient } from './generated/client.js';

/** Null where there is none. */
export function importById(prisma: PrismaClient, id: string): Promise<Import | null> {
  return prisma.import.findUnique({ where: { id } });
}
