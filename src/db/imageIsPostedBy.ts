// Is the image in a post of this source, by this author?
import type { PrismaClient } from './generated/client.js';

/** Undefined: any. Both must hold of the same post. */
export async function imageIsPostedBy(
  prisma: PrismaClient,
  sha256: string,
  { source, author }: { readonly source: string | undefined; readonly author: string | undefined },
): Promise<boolean> {
  const found = await prisma.postImage.findFirst({
    where: { imageSha256: sha256, post: { source: source ?? {}, author: author ?? {} } },
    select: { id: true },
  });
  return found !== null;
}
