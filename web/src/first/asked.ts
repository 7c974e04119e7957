// Questions that were asked before there was a client, and their answers, which it takes in place of asking.

declare global {
  var hotlensAsked: Map<string, Promise<Response>> | undefined;
}

export interface Question {
  readonly operationName: string;
  readonly query: string;
  readonly variables: object;
}

/** As whoever opens a page would have it: a later one wants the answer of its own time. */
const LONGEST_MS = 10_000;

/** Asks, and leaves the answer for the client. */
export function askFirst(question: Question): void {
  const answer = fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json,application/json;q=0.9' },
    body: JSON.stringify(question),
  });
  // Told by whoever takes it.
  answer.catch(() => undefined);
  globalThis.hotlensAsked ??= new Map();
  globalThis.hotlensAsked.set(keyOf(question), answer);
}

/** Like `fetch`, of a question as the client sends it: one that has been asked is not asked again. */
export function fetchOrTake(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const asked = globalThis.hotlensAsked;
  if (asked === undefined || asked.size === 0 || typeof init?.body !== 'string') return fetch(input, init);
  if (performance.now() > LONGEST_MS) {
    asked.clear();
    return fetch(input, init);
  }
  const key = keyOf(JSON.parse(init.body) as Question);
  const answer = asked.get(key);
  asked.delete(key);
  return answer ?? fetch(input, init);
}

/** Both sides make their variables by the same functions, so that these are equal as texts. */
function keyOf({ operationName, variables }: Pick<Question, 'operationName' | 'variables'>): string {
  return `${operationName} ${JSON.stringify(variables)}`;
}
