import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newKey, readKey } from '../../src/access/secrets.js';
import { ask, bearer, send, signIn } from '../support/callers.js';
import { describePostgres } from '../support/databases.js';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';
import { until } from '../support/until.js';

const WHO = '{ caller { name role } }';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-keys-'));
});
afterAll(async () => {
  endAllHotlens();
  await rm(folder, { recursive: true, force: true });
});

type Env = Readonly<Record<string, string>>;

async function hotlens(env: Env, ...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(args, env);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly prefix: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly key?: string;
}

const lines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Listed);

/** What the commands do, through a server and beside it alike. */
async function makesListsRevokes(env: Env): Promise<void> {
  const made = await hotlens(
    env,
    'keys',
    'create',
    '--role',
    'analyst',
    '--name',
    'ann’s "laptop"',
    '--expires',
    '90d',
  );
  expect(made).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^hotlens_[0-9a-f]{12}_[A-Za-z0-9_-]{43}\n$/),
  });
  expect(made.stderr).toContain('shown this once');
  const { prefix, secret } = readKey(made.stdout.trim())!;
  expect(made.stderr).not.toContain(secret);
  const [other] = lines((await hotlens(env, 'keys', 'create', '--role', 'viewer', '--json')).stdout);
  expect(other).toMatchObject({
    name: 'viewer',
    role: 'viewer',
    expiresAt: null,
    key: expect.stringMatching(/^hotlens_/),
  });

  const listed = await hotlens(env, 'keys', 'list', '--json');
  expect(listed.stdout).not.toContain(secret);
  const known = lines(listed.stdout);
  const ann = known.find((key) => key.prefix === prefix)!;
  expect(ann).toMatchObject({ name: 'ann’s "laptop"', role: 'analyst', revokedAt: null });
  expect(Math.round((Date.parse(ann.expiresAt!) - Date.now()) / 86_400_000)).toBe(90);
  expect(ann).not.toHaveProperty('key');
  expect((await hotlens(env, 'keys', 'list')).stdout).toContain(
    `${ann.id} analyst "ann’s "laptop"": hotlens_${prefix}_..., made `,
  );

  const revoked = await hotlens(env, 'keys', 'revoke', other!.id);
  expect(revoked).toMatchObject({ status: 0, stdout: expect.stringMatching(/, revoked \d{4}-/) });
  const [again] = lines((await hotlens(env, 'keys', 'list', '--json')).stdout).filter(({ id }) => id === other!.id);
  expect(again!.revokedAt).not.toBeNull();
  const unknown = '0199aa3e-5c1f-7d2a-9b1e-2f6f3c0d9a11';
  expect(await hotlens(env, 'keys', 'revoke', unknown)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`there is no key ${unknown}`),
  });
  const last = await hotlens(env, 'keys', 'revoke', ann.id);
  // In the tests a keeper's key may be there besides.
  const left = known.some(({ revokedAt, id }) => revokedAt === null && ![ann.id, other!.id].includes(id));
  expect(last.stderr).toBe(
    left ? '' : 'no key is left: a Hotlens that only this machine can reach asks for nothing again\n',
  );
}

describe('hotlens keys', () => {
  it('says in one line what is wrong with what it was given', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'wrong') };
    const cases: [string[], RegExp][] = [
      [['create'], /required option '--role <role>' not specified/],
      [['create', '--role', 'root'], /Allowed choices are viewer, analyst, admin/],
      [['create', '--role', 'admin', '--expires', 'soon'], /expected a span such as/],
      [['create', '--role', 'admin', '--expires', '9999999999d'], /no calendar goes that far/],
      [['revoke', 'nonsense'], /expected the id of a key/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr } = await hotlens(env, 'keys', ...args);
      expect({ args, status, stderr }).toEqual({ args, status: 2, stderr: expect.stringMatching(message) });
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(await hotlens(env, 'keys', 'create', '--role', 'admin', '--name', 'a\r\nb')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('characters that can be seen'),
    });
  });

  it('makes the key that a server needs to listen elsewhere, before there is a server', async () => {
    const env = { HOTLENS_DATA: path.join(folder, 'first'), HOTLENS_LOG_LEVEL: 'silent' };
    const refused = await hotlens({ ...env, HOTLENS_HOST: '127.0.0.2' }, 'start', '--port', '0');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('hotlens keys create --role admin') });
    const made = (await hotlens(env, 'keys', 'create', '--role', 'admin')).stdout.trim();
    const [known] = lines((await hotlens(env, 'keys', 'list', '--json')).stdout);
    expect(known).toMatchObject({ role: 'admin', prefix: readKey(made)!.prefix });
  });

  it('works while a server has the embedded database open, and the door shuts there; nothing secret is in its log', async () => {
    const data = path.join(folder, 'running');
    const env = { HOTLENS_DATA: data, HOTLENS_LOG_LEVEL: 'trace' };
    const server = runHotlens(['start', '--port', '0'], env);
    const url = await server.url();
    expect((await ask(url, WHO)).json.data).toEqual({ caller: { name: 'local', role: 'ADMIN' } });
    const key = (await hotlens(env, 'keys', 'create', '--role', 'admin', '--name', 'keeper')).stdout.trim();
    await until('the door shut', async () => (await ask(url, WHO)).status === 401);
    expect((await ask(url, WHO, bearer(key))).json.data).toEqual({ caller: { name: 'keeper', role: 'ADMIN' } });
    await makesListsRevokes(env);

    // Everything that could leave a secret in the log: right and wrong, in headers, bodies, cookies, addresses, and a picture's URL.
    const wrong = newKey().key;
    const { cookie } = await signIn(url, key);
    await signIn(url, wrong);
    await ask(url, WHO, { cookie });
    await ask(url, WHO, bearer(wrong));
    await ask(url, WHO, { cookie: `hotlens_session=${wrong}` });
    await send(`${url}/${key}?key=${key}`, { headers: bearer(key) });
    await ask(url, `{ post(id: "${key}") { id } }`, bearer(key));
    await ask(
      url,
      `mutation { previewCaption(image: { url: "http://ann:hunter2@127.0.0.1/${key}" }) { text } }`,
      bearer(key),
    );
    const ownerKey = (JSON.parse(await readFile(path.join(data, 'hotlens.lock'), 'utf8')) as { ownerKey: string })
      .ownerKey;
    expect((await stat(path.join(data, 'hotlens.lock'))).mode & 0o077).toBe(0);
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    const log = server.stderr() + server.stdout();
    expect(log).toContain('a key was refused');
    expect(log.split('\n').length).toBeGreaterThan(10);
    for (const secret of [key.slice(-43), wrong.slice(-43), cookie.split('=')[1]!, ownerKey.slice(-43), 'hunter2'])
      expect(log).not.toContain(secret);
    // The owner's key ends with the server.
    expect(await readdir(data)).not.toContain('hotlens.lock');
  });
});

describePostgres('hotlens keys beside running servers', (url) => {
  it('makes, lists and revokes: every process follows', async () => {
    const env = { DATABASE_URL: url(), HOTLENS_DATA: path.join(folder, 'shared'), HOTLENS_LOG_LEVEL: 'info' };
    const servers = [runHotlens(['api', '--port', '0'], env), runHotlens(['api', '--port', '0'], env)];
    const urls = [];
    for (const server of servers) urls.push(await server.url());
    for (const each of urls) expect(await ask(each, WHO)).toMatchObject({ status: 200 });
    const [made] = lines((await hotlens(env, 'keys', 'create', '--role', 'viewer', '--json')).stdout);
    const keeper = (await hotlens(env, 'keys', 'create', '--role', 'admin')).stdout.trim();
    for (const each of urls) {
      await until('the door shut', async () => (await ask(each, WHO)).status === 401);
      expect(await ask(each, WHO, bearer(made!.key!))).toMatchObject({ status: 200 });
    }
    expect(await hotlens(env, 'keys', 'revoke', made!.id)).toMatchObject({ status: 0 });
    for (const each of urls) expect(await ask(each, WHO, bearer(made!.key!))).toMatchObject({ status: 401 });
    const { json } = await ask(urls[0]!, '{ auditEvents { nodes { actor action target } } }', bearer(keeper));
    expect(json.data).toEqual({
      auditEvents: {
        nodes: [
          { actor: 'command line', action: 'revokeApiKey', target: made!.id },
          expect.objectContaining({ actor: 'command line', action: 'createApiKey' }),
          { actor: 'command line', action: 'createApiKey', target: made!.id },
        ],
      },
    });
    await makesListsRevokes(env);
    for (const server of servers) server.child.kill('SIGTERM');
    expect(await Promise.all(servers.map(({ ended }) => ended))).toEqual([0, 0]);
  });

  it('names no password of DATABASE_URL where the database can’t be reached', async () => {
    const wrong = new URL(url());
    wrong.username = 'nobody';
    wrong.password = 'hunter2secret';
    wrong.pathname = '/there_is_none';
    const { status, stderr, stdout } = await hotlens({ DATABASE_URL: wrong.href }, 'keys', 'list');
    expect(status).not.toBe(0);
    expect(stderr + stdout).not.toContain('hunter2secret');
  });
});
