// Which post of a source was taken in last?
import type { PrismaClient } from './generated/client.js';

/** Its id there; null: it has none. Ids of ours grow as posts come in. */
export async function newestOfSource(prisma: PrismaClient, source: string): Promise<string | null> {
  const newest = await prisma.post.findFirst({
    where: { source },
    orderBy: { id: 'desc' },
    select: { nativeId: true },
  });
  return newest?.nativeId ?? null;
}
