// hotlens keys create|list|revoke: who may ask the API.
import path from 'node:path';
import { type Command, Option } from 'commander';
import type { KeyDesk, ListedKey } from '../access/keyDesk.js';
import type { Role } from '../access/role.js';
import { readConfig } from '../config.js';
import { AppError } from '../errors.js';
import { duration } from './options.js';
import { printable } from './printable.js';

interface KeysFlags {
  readonly data?: string;
  readonly json?: boolean;
}

interface CreateFlags extends KeysFlags {
  readonly role: string;
  readonly name?: string;
  readonly expires?: number;
}

export function addKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('makes, lists and revokes keys of the API; a running server goes on');
  const desk = (command: Command) =>
    command
      .option('--data <dir>', 'data directory of the embedded database (default: HOTLENS_DATA, or .hotlens)')
      .option('--json', 'one object a key on standard output');
  desk(keys.command('create'))
    .description('makes a key and prints it, once: from the first one on nobody is answered without')
    .addOption(
      new Option('--role <role>', 'what it may do').choices(['viewer', 'analyst', 'admin']).makeOptionMandatory(),
    )
    .option('--name <name>', 'what to call it (default: the role)')
    .option('--expires <span>', 'how long it holds, such as 90d (default: until it is revoked)', duration)
    .action((flags: CreateFlags) => atDesk(flags, (open) => create(open, flags)));
  desk(keys.command('list'))
    .description('lists all keys, also revoked ones, without their secrets')
    .action((flags: KeysFlags) => atDesk(flags, (open) => list(open, flags)));
  desk(keys.command('revoke'))
    .description('revokes a key for good: its sessions and subscriptions end')
    .argument('<id>', 'its id, as `hotlens keys list` shows it')
    .action((id: string, flags: KeysFlags) => atDesk(flags, (open) => revoke(open, id, flags)));
}

async function atDesk({ data }: KeysFlags, work: (desk: KeyDesk) => Promise<void>): Promise<void> {
  const { openKeyDesk } = await import('../access/keyDesk.js');
  const config = readConfig();
  const desk = await openKeyDesk({ ...config, dataDir: data === undefined ? config.dataDir : path.resolve(data) });
  try {
    await work(desk);
  } finally {
    await desk.close();
  }
}

async function create(desk: KeyDesk, { role, name, expires, json }: CreateFlags): Promise<void> {
  const expiresAt = expires === undefined ? null : new Date(Date.now() + expires);
  if (expiresAt !== null && Number.isNaN(expiresAt.getTime()))
    throw new AppError('CONFIG', '--expires: no calendar goes that far');
  const made = await desk.create({ name: name ?? role, role: role.toUpperCase() as Role, expiresAt });
  if (json) {
    print(made);
    return;
  }
  // The key alone on standard output, for whoever keeps it in a file.
  process.stdout.write(`${made.key}\n`);
  process.stderr.write(
    `${described(made)}\nThe key is shown this once: keep it. From now on every request needs one.\n`,
  );
}

async function list(desk: KeyDesk, { json }: KeysFlags): Promise<void> {
  let none = true;
  for await (const key of desk.list()) {
    none = false;
    if (json) print(key);
    else process.stdout.write(`${described(key)}\n`);
  }
  if (none && !json) process.stderr.write('there are no keys: whoever is on this machine may everything\n');
}

async function revoke(desk: KeyDesk, id: string, { json }: KeysFlags): Promise<void> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw new AppError(
      'CONFIG',
      `expected the id of a key, as \`hotlens keys list\` shows it, got ${JSON.stringify(id)}`,
    );
  const key = await desk.revoke(id.toLowerCase());
  if (json) print(key);
  else process.stdout.write(`${described(key)}\n`);
  for await (const { revokedAt } of desk.list()) if (revokedAt === null) return;
  process.stderr.write('no key is left: a Hotlens that only this machine can reach asks for nothing again\n');
}

function print(key: ListedKey): void {
  process.stdout.write(`${JSON.stringify({ ...key, role: key.role.toLowerCase() })}\n`);
}

function described({ id, role, prefix, name, createdAt, expiresAt, revokedAt, lastUsedAt }: ListedKey): string {
  const parts = [
    `hotlens_${prefix}_...`,
    `made ${minute(createdAt)}`,
    lastUsedAt === null ? 'never used' : `last used ${minute(lastUsedAt)}`,
  ];
  if (expiresAt !== null)
    parts.push(`${expiresAt.getTime() > Date.now() ? 'expires' : 'expired'} ${minute(expiresAt)}`);
  if (revokedAt !== null) parts.push(`revoked ${minute(revokedAt)}`);
  return `${id} ${role.toLowerCase()} "${printable(name)}": ${parts.join(', ')}`;
}

function minute(at: Date): string {
  return `${at.toISOString().slice(0, 16)}Z`;
}
