// Finds which of many patterns matches the longest stretch of a text, as a generated lexer does. The patterns become one
// nondeterministic automaton (Thompson, CACM 11(6), 1968), made deterministic state by state as texts need it: a state costs
// once, and each character of a text is then one look into a table.
import type { Pattern } from './pattern.js';

export interface LexerRule {
  readonly match: Pattern;
  /** What must follow. It counts when lengths are compared, and is not part of the match. */
  readonly before?: Pattern;
}

export interface LexerMatch {
  /** Position in the list of rules. */
  readonly rule: number;
  /** Where the match ends, without what must follow it. */
  readonly end: number;
}

/**
 * A function that gives the longest match at a position of a text; of rules that match as much, the first. Where a match and what must follow it
 * could share the text in several ways, the match takes the most it can. Nothing where no rule matches.
 */
export function longestMatch(rules: readonly LexerRule[]): (text: string, start: number) => LexerMatch | undefined {
  const all = automaton(rules.map(({ match, before }) => sequence(match, before)));
  const parts = rules.map(({ match, before }) =>
    before === undefined ? undefined : { match: automaton([match]), before: automaton([before]) },
  );
  return (text, start) => {
    let rule = -1;
    let end = start;
    walk(all, text, start, (accepts, at) => {
      rule = accepts;
      end = at;
    });
    if (rule === -1) return undefined;
    const part = parts[rule];
    if (part === undefined) return { rule, end };
    const splits: number[] = [];
    walk(part.match, text.slice(0, end), start, (_, at) => splits.push(at));
    const split = splits.reverse().find((at) => {
      let reached = -1;
      walk(part.before, text.slice(0, end), at, (_, last) => {
        reached = last;
      });
      return reached === end;
    });
    return { rule, end: split! };
  };
}

/** Goes through `text` from `start` as far as some pattern can still match; calls `accept` wherever one does. */
function walk(machine: Automaton, text: string, start: number, accept: (rule: number, at: number) => void): void {
  let state = machine.start;
  for (let at = start; at < text.length; at++) {
    const symbol = machine.symbolOf[text.charCodeAt(at)]!;
    let next = machine.next[state]![symbol]!;
    if (next === UNKNOWN) next = machine.determine(state, symbol);
    if (next === DEAD) return;
    state = next;
    const rule = machine.accepts[state]!;
    if (rule !== -1) accept(rule, at + 1);
  }
}

const UNKNOWN = -1;
const DEAD = -2;

interface Automaton {
  /** Code units that no pattern tells apart share a symbol. */
  readonly symbolOf: Uint16Array;
  readonly start: number;
  /** By state, then symbol: the next state, DEAD, or UNKNOWN until `determine` was asked. */
  readonly next: Int32Array[];
  /** By state: the first rule that matches here, or -1. */
  readonly accepts: number[];
  readonly determine: (state: number, symbol: number) => number;
}

/** A node reads a symbol and goes on (`members`, `to`), or goes on without reading (`free`), or is the end of a rule. */
interface Node {
  members?: Uint8Array;
  to?: number;
  readonly free: number[];
  rule: number;
}

function automaton(patterns: readonly Pattern[]): Automaton {
  const sets = new Map<unknown, Uint8Array>();
  const { symbolOf, symbols } = symbolsOf(patterns);
  const nodes: Node[] = [];
  const starts = patterns.map((pattern, rule) => {
    const first = node();
    nodes[build(pattern, first)]!.rule = rule;
    return first;
  });
  const states = new Map<string, number>();
  const members: (readonly number[])[] = [];
  const next: Int32Array[] = [];
  const accepts: number[] = [];
  return { symbolOf, start: stateOf(starts), next, accepts, determine };

  function node(): number {
    nodes.push({ free: [], rule: -1 });
    return nodes.length - 1;
  }

  /** Adds a pattern from node `from` on; gives the node where it ends. */
  function build(pattern: Pattern, from: number): number {
    if (pattern.kind === 'sequence') return pattern.parts.reduce((at, part) => build(part, at), from);
    const end = node();
    if (pattern.kind === 'choice') {
      for (const part of pattern.parts) {
        const branch = node();
        nodes[from]!.free.push(branch);
        nodes[build(part, branch)]!.free.push(end);
      }
    } else if (pattern.kind === 'set') {
      const entry = node();
      nodes[from]!.free.push(entry);
      nodes[entry]!.members = symbolsIn(pattern);
      nodes[entry]!.to = end;
    } else {
      let at = from;
      for (let i = 0; i < pattern.least; i++) at = build(pattern.part, at);
      if (pattern.most === Number.POSITIVE_INFINITY) {
        const loop = node();
        nodes[at]!.free.push(loop);
        nodes[build(pattern.part, loop)]!.free.push(loop);
        nodes[loop]!.free.push(end);
      } else {
        for (let i = pattern.least; i < pattern.most; i++) {
          nodes[at]!.free.push(end);
          at = build(pattern.part, at);
        }
        nodes[at]!.free.push(end);
      }
    }
    return end;
  }

  function symbolsIn({ set }: Extract<Pattern, { kind: 'set' }>): Uint8Array {
    const known = sets.get(set);
    if (known !== undefined) return known;
    const has = new Uint8Array(symbols);
    for (const [first, last] of set) for (let unit = first; unit <= last; unit++) has[symbolOf[unit]!] = 1;
    sets.set(set, has);
    return has;
  }

  function determine(state: number, symbol: number): number {
    const reached = members[state]!.map((id) => nodes[id]!)
      .filter(({ members: has }) => has?.[symbol] === 1)
      .map(({ to }) => to!);
    const target = reached.length === 0 ? DEAD : stateOf(reached);
    next[state]![symbol] = target;
    return target;
  }

  /** The state of being at any of these nodes, or wherever they lead without reading. */
  function stateOf(from: readonly number[]): number {
    const seen = new Set(from);
    for (const id of seen) for (const to of nodes[id]!.free) seen.add(to);
    const telling = [...seen].filter((id) => nodes[id]!.members !== undefined || nodes[id]!.rule !== -1);
    const key = telling.sort((a, b) => a - b).join();
    const known = states.get(key);
    if (known !== undefined) return known;
    const rules = telling.map((id) => nodes[id]!.rule).filter((rule) => rule !== -1);
    states.set(key, members.length);
    members.push(telling);
    next.push(new Int32Array(symbols).fill(UNKNOWN));
    accepts.push(rules.length === 0 ? -1 : Math.min(...rules));
    return members.length - 1;
  }
}

/** Divides the code units by the sets of the patterns: two have one symbol if every set has both or neither. */
function symbolsOf(patterns: readonly Pattern[]): { symbolOf: Uint16Array; symbols: number } {
  const symbolOf = new Uint16Array(0x10000);
  let symbols = 1;
  const seen = new Set<unknown>();
  const waiting = [...patterns];
  for (let pattern = waiting.pop(); pattern !== undefined; pattern = waiting.pop()) {
    if (pattern.kind === 'repeat') waiting.push(pattern.part);
    else if (pattern.kind !== 'set') waiting.push(...pattern.parts);
    else if (!seen.has(pattern.set)) {
      seen.add(pattern.set);
      const split = new Map<number, number>();
      for (const [first, last] of pattern.set) {
        for (let unit = first; unit <= last; unit++) {
          const old = symbolOf[unit]!;
          const fresh = split.get(old) ?? symbols++;
          split.set(old, fresh);
          symbolOf[unit] = fresh;
        }
      }
    }
  }
  return { symbolOf, symbols };
}

function sequence(first: Pattern, then: Pattern | undefined): Pattern {
  return then === undefined ? first : { kind: 'sequence', parts: [first, then] };
}
