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
  readonly matches: (Match | undefined)[];
  readonly usedReference: Uint8Array;
  readonly usedCandidate: Uint8Array;
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

/**
 * The best alignment that the search finds. `found` holds, by reference word, the possible matches that begin there, in the order the modules
 * found them; `candidateLength` is the candidate's number of words.
 */
export function alignWords(found: readonly (readonly Match[])[], candidateLength: number): Alignment {
  const best = search(found, fixedPath(found, candidateLength));
  return { matches: best.matches, chunks: countChunks(best.matches) };
}

/** A path that has the matches nothing competes with. */
function fixedPath(found: readonly (readonly Match[])[], candidateLength: number): Path {
  const claimsReference = new Uint16Array(found.length);
  const claimsCandidate = new Uint16Array(candidateLength);
  for (const match of found.flat()) {
    for (let i = 0; i < match.length; i++) claimsReference[match.start + i]! += 1;
    for (let i = 0; i < match.candidateLength; i++) claimsCandidate[match.candidateStart + i]! += 1;
  }
  const path: Path = {
    matches: new Array(found.length).fill(undefined),
    usedReference: new Uint8Array(found.length),
    usedCandidate: new Uint8Array(candidateLength),
    weightCandidate: 0,
    weightReference: 0,
    chunks: 0,
    next: 0,
    lastEnd: -1,
    distance: 0,
  };
  const alone = (claims: Uint16Array, start: number, length: number): boolean =>
    claims.subarray(start, start + length).every((count) => count === 1);
  for (const [start, matches] of found.entries()) {
    const [match, another] = matches;
    if (match === undefined || another !== undefined) continue;
    if (!alone(claimsReference, start, match.length)) continue;
    if (!alone(claimsCandidate, match.candidateStart, match.candidateLength)) continue;
    path.matches[start] = match;
    use(path, match);
  }
  return path;
}

function search(found: readonly (readonly Match[])[], start: Path): Path {
  let paths = [start];
  for (let at = 0; at < found.length; at++) {
    const kept = paths.sort(compare).slice(0, BEAM);
    paths = kept.flatMap((path) => advance(path, at, found[at]!));
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

/** The ways to go on from `path` over reference word `at`. The path itself is used up. */
function advance(path: Path, at: number, possible: readonly Match[]): Path[] {
  if (path.usedReference[at] === 1) {
    if (at < path.next) return [path];
    const fixed = path.matches[path.next];
    if (fixed === undefined) return [];
    take(path, fixed);
    path.distance += Math.abs(fixed.start - fixed.candidateStart);
    return [path];
  }
  const ways: Path[] = [];
  for (const match of possible) {
    if (isUsed(path, match)) continue;
    const way: Path = {
      ...path,
      matches: path.matches.slice(),
      usedReference: path.usedReference.slice(),
      usedCandidate: path.usedCandidate.slice(),
    };
    use(way, match);
    way.matches[at] = match;
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
  return ways;
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

function use(path: Path, match: Match): void {
  path.usedReference.fill(1, match.start, match.start + match.length);
  path.usedCandidate.fill(1, match.candidateStart, match.candidateStart + match.candidateLength);
}

function isUsed(path: Path, match: Match): boolean {
  return (
    path.usedReference.subarray(match.start, match.start + match.length).includes(1) ||
    path.usedCandidate.subarray(match.candidateStart, match.candidateStart + match.candidateLength).includes(1)
  );
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
