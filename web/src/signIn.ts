// The way to the page for signing in, and back.

export const SIGN_IN = '/signin';

/** Where to go after signing in: a page of this server, whatever an address says. */
export function pageToReturnTo(given: string | undefined): string {
  if (given === undefined || !URL.canParse(given, location.origin)) return '/';
  const { origin, pathname, search, hash } = new URL(given, location.origin);
  return origin === location.origin && pathname !== SIGN_IN ? `${pathname}${search}${hash}` : '/';
}

/** How many have something on the page that must not be lost. */
let held = 0;
/** Something was refused meanwhile. */
let pending = false;
/** What the server tells has ended for good: only a new page hears of it again. */
let over = false;

/**
 * Something was refused for want of a key, or with `socket` all that the server tells: leaves this page, and all that it holds, for the one to
 * sign in on. Whoever is let in after all stays, as what was refused may have been sent before he was.
 */
export function refused({ socket = false }: { readonly socket?: boolean } = {}): void {
  over ||= socket;
  if (held > 0) pending = true;
  else void look();
}

/** Lets nobody leave before what is returned is called. */
export function holdPage(): () => void {
  held += 1;
  return () => {
    held -= 1;
    if (held > 0 || !pending) return;
    pending = false;
    void look();
  };
}

const AGAIN_MS = 2000;

async function look(): Promise<void> {
  if (location.pathname === SIGN_IN) return;
  const known = await isSignedIn();
  if (held > 0) pending = true;
  else if (known === false) {
    const { pathname, search, hash } = location;
    location.assign(`${SIGN_IN}?${new URLSearchParams({ to: `${pathname}${search}${hash}` })}`);
  } else if (over && known) location.reload();
  else if (over) setTimeout(() => void look(), AGAIN_MS);
}

/** Opens a session for the key. Throws an Error that says why it is not let in. */
export async function signIn(key: string): Promise<void> {
  const response = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key }),
  }).catch(() => undefined);
  if (response === undefined) throw new Error('The server does not answer.');
  if (!response.ok) throw new Error(await reasonOf(response));
}

/** Whether whoever looks is let in; undefined where the server does not say. */
export async function isSignedIn(): Promise<boolean | undefined> {
  const response = await fetch('/session').catch(() => undefined);
  if (response?.ok) return true;
  return response?.status === 401 ? false : undefined;
}

/** Ends the session and goes to the page for signing in. */
export async function signOut(): Promise<void> {
  const response = await fetch('/session', { method: 'DELETE' });
  if (!response.ok) throw new Error(await reasonOf(response));
  location.assign(SIGN_IN);
}

/** What the server says went wrong. */
export async function reasonOf(response: Response): Promise<string> {
  const answer = (await response.json().catch(() => undefined)) as { errors?: { message?: string }[] } | undefined;
  return answer?.errors?.[0]?.message ?? `The server answers ${response.status}.`;
}
