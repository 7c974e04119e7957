// Sets that are joined until all that belongs together is in one (union-find).
// Source: Tarjan & van Leeuwen, J. ACM 31(2), 1984: path halving.

export interface DisjointSets {
  /** The member that stands for the set of another. */
  find(member: number): number;
  /** Joins the sets of two members; who stood for the second one's now stands for both. Returns false where they were one already. */
  join(member: number, other: number): boolean;
}

/** Members 0 to `count` - 1, each in a set of its own. */
export function disjointSets(count: number): DisjointSets {
  const parents = Int32Array.from({ length: count }, (_, i) => i);
  return {
    find,
    join(member, other) {
      const [from, into] = [find(member), find(other)];
      parents[from] = into;
      return from !== into;
    },
  };

  function find(member: number): number {
    let at = member;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }
}
