// What came in? Imports newest first.
import type { Import, PrismaClient } from './generated/client.js';

export interface ImportPlace {
  readonly startedAt: Date;
  readonly id: string;
}

/** At most `limit` imports behind `after`. */
export async function importsPage(
  prisma: PrismaClient,
  { limit, after }: { readonly limit: number; readonly after?: ImportPlace | undefined },
): Promise<{ readonly rows: Import[]; readonly more: boolean }> {
  const rows = await prisma.import.findMany({
    where:
      after === undefined
        ? {}
        : { OR: [{ startedAt: { lt: after.startedAt } }, { startedAt: after.startedAt, id: { lt: after.id } }] },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}
