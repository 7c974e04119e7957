// The pictures of posts, in their order. Their content is another question (imagesByHash), asked only by who wants it.
import type { PostImage, PrismaClient } from './generated/client.js';

/** All pictures of the posts, by post and position. */
export function picturesOfPosts(prisma: PrismaClient, postIds: readonly string[]): Promise<PostImage[]> {
  return prisma.postImage.findMany({
    where: { postId: { in: [...postIds] } },
    orderBy: [{ postId: 'asc' }, { position: 'asc' }],
  });
}
