// How many stored images wait for their first caption (completed, or given up)?
import type { PrismaClient } from './generated/client.js';

export function uncaptionedImages(prisma: PrismaClient): Promise<number> {
  return prisma.image.count({ where: { captions: { none: { status: { not: 'PENDING' } } } } });
}
