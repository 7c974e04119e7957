// Uploads under way. They belong to the window, not to a page: whoever looks elsewhere meanwhile finds them further on. Where the server, or
// the way to it, goes away they wait, ask how much has arrived, and go on there; after a reload too, once the same files are given again.
import { useSyncExternalStore } from 'react';
import type { GivenFile } from './dropped.js';
import { remembered } from './remembered.js';
import { reasonOf } from './signIn.js';

export interface Upload {
  readonly key: number;
  /** What was given, in words. */
  readonly title: string;
  readonly files: number;
  readonly totalBytes: number;
  readonly sentBytes: number;
  readonly state: 'sending' | 'waiting' | 'accepted' | 'failed';
  /** Why it waits or failed. */
  readonly reason?: string;
  /** What it became. */
  readonly imports: readonly { readonly id: string; readonly origin: string }[];
}

/** No more than proxies take without being told. */
const PIECE_BYTES = 1 << 20;
const LONGEST_WAIT_MS = 20_000;
/** Uploads that can be gone on with after a reload. */
const REMEMBERED = 20;

const listeners = new Set<() => void>();
let uploads: readonly Upload[] = [];
let last = 0;
const controls = new Map<number, AbortController>();
const begun = remembered<Record<string, string>>('uploads');

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

function change(key: number, what: Partial<Upload>): void {
  set(uploads.map((each) => (each.key === key ? { ...each, ...what } : each)));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const get = () => uploads;

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribe, get, get);
}

/** Begins to send the files; `source` is that of rows that name none. */
export function startUpload(files: readonly GivenFile[], source?: string): void {
  const kept = files.filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')));
  if (kept.length === 0) return;
  const key = ++last;
  const control = new AbortController();
  controls.set(key, control);
  const totalBytes = kept.reduce((sum, { file }) => sum + file.size, 0);
  const folder = kept[0]!.name.split('/')[0]!;
  const title = kept.length === 1 ? kept[0]!.name : folder === kept[0]!.name ? `${folder} and more` : folder;
  set([{ key, title, files: kept.length, totalBytes, sentBytes: 0, state: 'sending', imports: [] }, ...uploads]);
  const wait = (reason: string) => change(key, { state: 'waiting', reason });
  void send({
    files: kept,
    source,
    totalBytes,
    signal: control.signal,
    wait,
    sent: (sentBytes) => change(key, { sentBytes, state: 'sending' }),
  })
    .then((imports) => change(key, { state: 'accepted', imports, sentBytes: totalBytes }))
    .catch((error: unknown) =>
      change(key, { state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => controls.delete(key));
}

/** Takes it off the page; one that is under way is given up. */
export function dismissUpload(key: number): void {
  controls.get(key)?.abort();
  set(uploads.filter((each) => each.key !== key));
}

class SignedOut extends Error {
  override message = 'Your key is no longer valid. Sign in and give the same files again: it goes on where it was.';
}

interface Sending {
  readonly files: readonly GivenFile[];
  readonly source: string | undefined;
  readonly totalBytes: number;
  readonly signal: AbortSignal;
  readonly wait: (reason: string) => void;
  readonly sent: (bytes: number) => void;
}

async function send(sending: Sending): Promise<Upload['imports']> {
  const { files, source, totalBytes, signal } = sending;
  const same = fingerprint(files, totalBytes);
  let id = begun.get()?.[same];
  let fresh = false;
  try {
    for (;;) {
      if (id === undefined) {
        id = ((await (await ask('/uploads', { method: 'POST' }, sending)).json()) as { id: string }).id;
        fresh = true;
        remember(same, id);
      }
      const arrived = await sendFiles(id, fresh, sending);
      if (arrived) break;
      // Swept, or read already: from the beginning.
      id = undefined;
    }
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ bytes: totalBytes, ...(source && { source }) });
    const read = await ask(`/uploads/${id}/read`, { method: 'POST', headers, body }, sending);
    remember(same, undefined);
    return ((await read.json()) as { imports: Upload['imports'] }).imports;
  } catch (error) {
    // What has arrived stays for a day: the same files given again, after signing in, go on behind it.
    if (error instanceof SignedOut) throw error;
    // What is wrong with it does not get better: what has arrived of it is not to lie about.
    if (id !== undefined) await fetch(`/uploads/${id}`, { method: 'DELETE' }).catch(() => undefined);
    remember(same, undefined);
    if (signal.aborted) return [];
    throw error;
  }
}

/** Whether the upload was there to the end; of a `fresh` one nothing is there yet. */
async function sendFiles(id: string, fresh: boolean, sending: Sending): Promise<boolean> {
  let before = 0;
  for (const { name, file } of sending.files) {
    const where = `/uploads/${id}/file?${new URLSearchParams({ name })}`;
    const there = async () => {
      const head = await ask(where, { method: 'HEAD' }, sending, [404]);
      return head.status === 404 ? undefined : Number(head.headers.get('upload-offset'));
    };
    let offset = fresh ? 0 : await there();
    if (offset === undefined) return false;
    // An empty file is sent too: with it a folder is whole.
    for (let first = offset === 0; first || offset < file.size; first = false) {
      const piece = file.slice(offset, offset + PIECE_BYTES);
      const headers = { 'upload-offset': String(offset) };
      const answer = await ask(where, { method: 'PATCH', headers, body: piece }, sending, [404, 409]);
      if (answer.status === 404) return false;
      // A piece whose answer was lost has arrived all the same.
      const next = answer.status === 409 ? await there() : Number(answer.headers.get('upload-offset'));
      if (next === undefined) return false;
      offset = next;
      sending.sent(before + offset);
    }
    before += file.size;
    sending.sent(before);
  }
  return true;
}

/** The answer, however long the server is away. Throws what it says of a request that will not get better. */
async function ask(
  where: string,
  init: RequestInit,
  { wait, signal }: Sending,
  fine: readonly number[] = [],
): Promise<Response> {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(where, { ...init, signal }).catch(() => undefined);
    if (signal.aborted) throw new Error('It was given up.');
    if (answer !== undefined && (answer.ok || fine.includes(answer.status))) return answer;
    if (answer?.status === 401) throw new SignedOut();
    const known = answer !== undefined && answer.status < 500 && answer.status !== 429;
    if (known) throw new Error(await reasonOf(answer));
    wait(answer === undefined ? 'The server does not answer.' : await reasonOf(answer));
    const asked = Number(answer?.headers.get('retry-after') ?? 0) * 1000;
    const pause = Math.min(LONGEST_WAIT_MS, Math.max(asked, 500 * 2 ** tries));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pause);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Equal for the same files as far as a browser tells without reading them. */
function fingerprint(files: readonly GivenFile[], totalBytes: number): string {
  const hash = files.map(({ name, file }) => `${name}:${file.size}:${file.lastModified}`).reduce(mix, '0');
  return `${files.length} ${totalBytes} ${hash}`;
}

/** FNV-1a over the text, after what came before. */
function mix(before: string, text: string): string {
  let hash = (0x811c9dc5 ^ Number.parseInt(before, 16)) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(16);
}

function remember(same: string, id: string | undefined): void {
  const others = Object.entries(begun.get() ?? {}).filter(([each]) => each !== same);
  begun.set(Object.fromEntries([...others, ...(id === undefined ? [] : [[same, id]])].slice(-REMEMBERED)));
}
