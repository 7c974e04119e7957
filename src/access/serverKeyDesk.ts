// Keys through a running server's own API: it has the embedded database open.
import type { RunningServer } from '../db/dataDirLock.js';
import { AppError, type AppErrorCode, messageOf } from '../errors.js';
import type { KeyDesk, ListedKey } from './keyDesk.js';

const FIELDS = 'id name role prefix createdAt expiresAt revokedAt lastUsedAt';
const DEADLINE_MS = 30_000;

type Told = {
  readonly [Field in keyof ListedKey]: ListedKey[Field] extends Date | null ? string | null : ListedKey[Field];
};

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: AppErrorCode } }[];
}

/** A desk that asks the server, as the owner of its data directory. */
export function serverKeyDesk({ url, ownerKey }: RunningServer): KeyDesk {
  async function ask<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ownerKey}` },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    }).catch((cause: unknown) => {
      throw new AppError('CONFLICT', `the server at ${url} does not answer: ${messageOf(cause)}`, { cause });
    });
    const { data, errors } = (await response.json()) as Answer<Data>;
    const [error] = errors ?? [];
    if (error !== undefined) throw new AppError(error.extensions?.code ?? 'CONFLICT', error.message);
    return data!;
  }

  return {
    async create(request) {
      const { createApiKey } = await ask<{ createApiKey: { key: string; apiKey: Told } }>(
        `mutation ($name: String!, $role: Role!, $expiresAt: DateTime) {
          createApiKey(name: $name, role: $role, expiresAt: $expiresAt) { key apiKey { ${FIELDS} } }
        }`,
        { ...request },
      );
      return { ...listed(createApiKey.apiKey), key: createApiKey.key };
    },
    async *list() {
      for (let after: string | null = null, more = true; more; ) {
        const {
          apiKeys,
        }: { apiKeys: { nodes: Told[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } = await ask(
          `query ($after: String) {
              apiKeys(first: 100, after: $after) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } }
            }`,
          { after },
        );
        yield* apiKeys.nodes.map(listed);
        after = apiKeys.pageInfo.endCursor;
        more = apiKeys.pageInfo.hasNextPage;
      }
    },
    async revoke(id) {
      const { revokeApiKey } = await ask<{ revokeApiKey: Told }>(
        `mutation ($id: ID!) { revokeApiKey(id: $id) { ${FIELDS} } }`,
        { id },
      );
      return listed(revokeApiKey);
    },
    async close() {},
  };
}

function listed({ createdAt, expiresAt, revokedAt, lastUsedAt, ...rest }: Told): ListedKey {
  const date = (text: string | null) => (text === null ? null : new Date(text));
  return {
    ...rest,
    createdAt: date(createdAt)!,
    expiresAt: date(expiresAt),
    revokedAt: date(revokedAt),
    lastUsedAt: date(lastUsedAt),
  };
}
