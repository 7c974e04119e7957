// Images by the hash of their content.
import type { PrismaClient } from './generated/client.js';
import type { ImageRow } from './imageRow.js';

/** The images that exist, in any order. */
export function imagesByHash(prisma: PrismaClient, sha256s: readonly string[]): Promise<ImageRow[]> {
  return prisma.image.findMany({ where: { sha256: { in: [...sha256s] } } });
}
