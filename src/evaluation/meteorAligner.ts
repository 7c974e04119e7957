// METEOR's word alignment (M. Denkowski, A. Lavie, Meteor Universal, WMT 2014; version 1.5): all pairs of words or phrases that could match, then a beam
// search for the choice of them that covers the most words in the fewest pieces. What the original's search finds depends on
// its beam, on the order of equals and on two slips (weights cut to whole numbers while they are summed; a distance counted on the path
// that skips the match), so all of that is kept: the score must be METEOR's, not a better one.

/** Two phrases that say the same, in one of the modules' eyes. */
export interface Match {
  /** 0 exact, 1 stem, 2 synonym, 3 paraphrase. */
  readonly module: number;
  /** First word in the reference, and how many. */
  readonly start: number;
  readonly length: number;
  /** First word in the candidate, and how many. */
  readonly candidateStart: number;
  readonly candidateLength: number;
}

export interface Alignment {
  /** By reference word: the chosen match that begins there. */
  readonly matches: readonly (Match | undefined)[];
  /** Runs of matches that are contiguous and in the same order on both sides. */
  readonly chunks: number;
}

/** Paths kept at each word. */
const BEAM = 40;

/** What a matched word counts in the search, by module. */
const SEARCH_WEIGHTS = [1, 0.5, 0.5, 0.5] as const;

interface Path {
  /** By reference word, then by candidate word: 1 where a match has it. Shared between paths, and so never changed. */
  used: Uint8Array;
  /** Chosen last, and not yet marked in `used`: most paths are dropped before that is worth its copy. */
  pending: Match | undefined;
  /** The matches chosen, last first. Those that nothing competes with are not among them. */
  readonly chosen: Choice | undefined;
  /** Matched words by weight, candidate's and reference's. Whole numbers: a half is lost at once. */
  weightCandidate: number;
  weightReference: number;
  chunks: number;
  /** First reference word that no decision was made on. */
  next: number;
  /** End of the last match in the candidate, or -1 after a gap. */
  lastEnd: number;
  distance: number;
}

interface Choice {
  readonly match: Match;
  readonly before: Choice | undefined;
}

/**
 * The best alignment that the search finds. `found` holds, by reference word, the possible matches that begin there, in the order the modules
 * found them; `candidateLength` is the candidate's number of words.
 */
export function alignWords(found: readonly (readonly Match[])[], candidateLength: number): Alignment {
  const matches = fixedMatches(found, candidateLength);
  const best = search(found, matches, candidateLength);
  for (let choice = best.chosen; choice !== undefined; choice = choice.before) {
    matches[choice.match.start] = choice.match;
  }
  return { matches, chunks: countChunks(matches) };
}

/** By reference word: the match that begins there, where nothing competes with it. */
function fixedMatches(found: readonly (readonly Match[])[], candidateLength: number): (Match | undefined)[] {
  const claims = new Uint16Array(found.length + candidateLength);
  for (const matches of found) {
    for (const match of matches) {
      for (let i = 0; i < match.length; i++) claims[match.start + i]! += 1;
      for (let i = 0; i < match.candidateLength; i++) claims[found.length + match.candidateStart + i]! += 1;
    }
  }
  return found.map(([match, another]) => {
    if (match === undefined || another !== undefined) return undefined;
    return everyWord(claims, found.length, match, 1) ? match : undefined;
  });
}

function search(
  found: readonly (readonly Match[])[],
  fixed: readonly (Match | undefined)[],
  candidateLength: number,
): Path {
  let used: Uint8Array = new Uint8Array(found.length + candidateLength);
  for (const match of fixed) if (match !== undefined) used = withWords(used, found.length, match);
  const start = { weightCandidate: 0, weightReference: 0, chunks: 0, next: 0, lastEnd: -1, distance: 0 };
  let paths: Path[] = [{ used, pending: undefined, chosen: undefined, ...start }];
  for (let at = 0; at < found.length; at++) {
    const kept = paths.sort(compare).slice(0, BEAM);
    paths = [];
    for (const path of kept) {
      if (path.pending !== undefined) path.used = withWords(path.used, found.length, path.pending);
      path.pending = undefined;
      advance(path, at, { possible: found[at]!, fixed, ways: paths });
    }
    // Only where all paths ended in a word that another's phrase covers.
    if (paths.length === 0) paths = [kept[0]!];
  }
  paths = paths.sort(compare).slice(0, BEAM);
  for (const path of paths) if (path.lastEnd !== -1) path.chunks += 1;
  return paths.sort(compare)[0]!;
}

/** Most weight, then fewest chunks, then least distance; equals stay in their order. */
function compare(a: Path, b: Path): number {
  return (
    b.weightCandidate + b.weightReference - (a.weightCandidate + a.weightReference) ||
    a.chunks - b.chunks ||
    a.distance - b.distance
  );
}

/** Adds to `ways` the ways to go on from `path` over reference word `at`. The path itself becomes the last of them. */
function advance(
  path: Path,
  at: number,
  {
    possible,
    fixed,
    ways,
  }: { readonly possible: readonly Match[]; readonly fixed: readonly (Match | undefined)[]; readonly ways: Path[] },
): void {
  if (path.used[at] === 1) {
    if (at < path.next) {
      ways.push(path);
      return;
    }
    const match = fixed[path.next];
    if (match === undefined) return;
    take(path, match);
    path.distance += Math.abs(match.start - match.candidateStart);
    ways.push(path);
    return;
  }
  for (const match of possible) {
    if (!everyWord(path.used, fixed.length, match, 0)) continue;
    const way: Path = { ...path, pending: match, chosen: { match, before: path.chosen } };
    take(way, match);
    path.distance += Math.abs(match.start - match.candidateStart);
    ways.push(way);
  }
  if (path.lastEnd !== -1) {
    path.chunks += 1;
    path.lastEnd = -1;
  }
  path.next += 1;
  ways.push(path);
}

/** Counts a match that the path now has. */
function take(path: Path, match: Match): void {
  const weight = SEARCH_WEIGHTS[match.module]!;
  path.weightCandidate = Math.trunc(path.weightCandidate + match.candidateLength * weight);
  path.weightReference = Math.trunc(path.weightReference + match.length * weight);
  if (path.lastEnd !== -1 && match.candidateStart !== path.lastEnd) path.chunks += 1;
  path.next = match.start + match.length;
  path.lastEnd = match.candidateStart + match.candidateLength;
}

/** Whether each word of the match has `value` in `counts`: reference words first, candidate words from `offset` on. */
function everyWord(counts: Uint8Array | Uint16Array, offset: number, match: Match, value: number): boolean {
  for (let i = 0; i < match.length; i++) if (counts[match.start + i] !== value) return false;
  for (let i = 0; i < match.candidateLength; i++) {
    if (counts[offset + match.candidateStart + i] !== value) return false;
  }
  return true;
}

/** A copy in which the words of the match are marked. */
function withWords(used: Uint8Array, offset: number, match: Match): Uint8Array {
  const copy = used.slice();
  copy.fill(1, match.start, match.start + match.length);
  const start = offset + match.candidateStart;
  return copy.fill(1, start, start + match.candidateLength);
}

function countChunks(matches: readonly (Match | undefined)[]): number {
  let chunks = 0;
  let lastEnd = -1;
  for (let at = 0; at < matches.length; ) {
    const match = matches[at];
    if (match === undefined) {
      if (lastEnd !== -1) chunks += 1;
      lastEnd = -1;
      at += 1;
    } else {
      if (lastEnd !== -1 && match.candidateStart !== lastEnd) chunks += 1;
      at = match.start + match.length;
      lastEnd = match.candidateStart + match.candidateLength;
    }
  }
  return lastEnd === -1 ? chunks : chunks + 1;
}
