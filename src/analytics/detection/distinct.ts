// How much evidence posts are together: many posts of one author are one, and sixty accounts with one picture are little.
import type { Post } from './post.js';

/** The lesser of the number of authors and one and a half times the number of different pieces (pictures, or texts). */
export function distinctEvidence(posts: Iterable<Post>): number {
  const authors = new Set<string>();
  const pieces = new Set<string>();
  for (const { author, piece } of posts) {
    authors.add(author);
    pieces.add(piece);
  }
  return Math.min(authors.size, 1.5 * pieces.size);
}
