import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  execute,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
} from 'graphql';
import { createClient } from 'graphql-ws';
import { buildSchemaSync, Field, ID, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import WebSocket from 'ws';
import { ROLES, type Role, reaches } from '../../src/access/role.js';
import { createContext } from '../../src/context.js';
import type { Database } from '../../src/db/database.js';
import { openDatabase } from '../../src/db/openDatabase.js';
import { guardSchema, roleOf } from '../../src/resolvers/guardSchema.js';
import { createSchema } from '../../src/resolvers/index.js';
import { ask, bearer, makeKey } from '../support/callers.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

/** Who may, by hand: whoever adds a root field has to say here what he meant. */
const EXPECTED: Readonly<Record<string, Role>> = {
  'Query.alert': 'VIEWER',
  'Query.alertRules': 'VIEWER',
  'Query.alerts': 'VIEWER',
  'Query.apiKeys': 'ADMIN',
  'Query.auditEvents': 'ADMIN',
  'Query.caller': 'VIEWER',
  'Query.captionExplanation': 'VIEWER',
  'Query.deliveries': 'ANALYST',
  'Query.demo': 'VIEWER',
  'Query.destinations': 'ANALYST',
  'Query.detection': 'VIEWER',
  'Query.hotspot': 'VIEWER',
  'Query.hotspotEvents': 'VIEWER',
  'Query.hotspots': 'VIEWER',
  'Query.image': 'VIEWER',
  'Query.import': 'VIEWER',
  'Query.imports': 'VIEWER',
  'Query.map': 'VIEWER',
  'Query.mapPictures': 'VIEWER',
  'Query.limits': 'VIEWER',
  'Query.model': 'VIEWER',
  'Query.post': 'VIEWER',
  'Query.posts': 'VIEWER',
  'Query.previewReport': 'VIEWER',
  'Query.previewAlertRule': 'VIEWER',
  'Query.queue': 'VIEWER',
  'Query.report': 'VIEWER',
  'Query.reportRun': 'VIEWER',
  'Query.reportRuns': 'VIEWER',
  'Query.reports': 'VIEWER',
  'Query.searchPosts': 'VIEWER',
  'Query.silences': 'VIEWER',
  'Query.tombstone': 'VIEWER',
  'Mutation.backUp': 'ADMIN',
  'Mutation.createAlertRule': 'ANALYST',
  'Mutation.createApiKey': 'ADMIN',
  'Mutation.createReport': 'ANALYST',
  'Mutation.createDestination': 'ADMIN',
  'Mutation.deleteAlertRule': 'ANALYST',
  'Mutation.deleteDestination': 'ADMIN',
  'Mutation.deletePosts': 'ADMIN',
  'Mutation.deleteReport': 'ANALYST',
  'Mutation.editCaption': 'ANALYST',
  'Mutation.endSilence': 'ANALYST',
  'Mutation.forgetTombstones': 'ADMIN',
  'Mutation.ingestPosts': 'ANALYST',
  'Mutation.mergeHotspots': 'ANALYST',
  'Mutation.muteHotspot': 'ANALYST',
  'Mutation.pinHotspot': 'ANALYST',
  'Mutation.previewCaption': 'ANALYST',
  'Mutation.recaption': 'ANALYST',
  'Mutation.refetchImages': 'ADMIN',
  'Mutation.renameHotspot': 'ANALYST',
  'Mutation.retryDeliveries': 'ADMIN',
  'Mutation.retryFailed': 'ADMIN',
  'Mutation.revokeApiKey': 'ADMIN',
  'Mutation.setDemo': 'ANALYST',
  'Mutation.runReport': 'ANALYST',
  'Mutation.silence': 'ANALYST',
  'Mutation.splitPosts': 'ANALYST',
  'Mutation.testDestination': 'ADMIN',
  'Mutation.undoDecision': 'ANALYST',
  'Mutation.updateReport': 'ANALYST',
  'Mutation.updateAlertRule': 'ANALYST',
  'Mutation.updateDestination': 'ADMIN',
  'Subscription.alertRaised': 'VIEWER',
  'Subscription.captionCompleted': 'VIEWER',
  'Subscription.hotspotChanged': 'VIEWER',
  'Subscription.importProgress': 'VIEWER',
};

const schema = createSchema();
const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!].flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ type, field, name: `${type.name}.${field.name}` })),
);

/** Some value of the type, as it is written in a document. What it means does not matter: the guard comes before. */
function someValue(type: GraphQLInputType): string {
  if (isNonNullType(type)) return someValue(type.ofType);
  if (isListType(type)) return `[${someValue(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type))
    return `{ ${Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type))
      .map((field) => `${field.name}: ${someValue(field.type)}`)
      .join(', ')} }`;
  if (isScalarType(type) && type.name === 'DateTime') return '"2026-03-01T00:00:00Z"';
  return ['Int', 'Float'].includes(type.name)
    ? '1'
    : type.name === 'Boolean'
      ? 'true'
      : '"00000000-0000-4000-8000-000000000000"';
}

function documentOf({ type, field }: { type: { name: string }; field: GraphQLField<unknown, unknown> }): string {
  const given = field.args.filter((arg: GraphQLArgument) => isNonNullType(arg.type));
  const args = given.map((arg) => `${arg.name}: ${someValue(arg.type)}`).join(', ');
  const below = isObjectType(getNamedType(field.type)) ? '{ __typename }' : '';
  return `${type.name.toLowerCase()} { ${field.name}${args === '' ? '' : `(${args})`} ${below} }`;
}

let db: Database;
let services: TestServices;
let server: TestServer;
const keys = new Map<Role, string>();

beforeAll(async () => {
  db = await openDatabase({ dataDir: undefined, databaseUrl: undefined });
  services = await openTestServices(db);
  server = await startTestServer(services);
  for (const role of ROLES) keys.set(role, (await makeKey(db, role)).key);
});

afterAll(async () => {
  await server?.close();
  await services?.close();
  await db?.close();
});

describe('every root field', () => {
  it('has the role that it is meant to have', () => {
    const found = roots.map(({ type, field, name }) => [
      name,
      roleOf(type, field, { mutation: type === schema.getMutationType() }),
    ]);
    expect(Object.fromEntries(found)).toEqual(EXPECTED);
  });

  it.each(roots.filter(({ type }) => type.name !== 'Subscription').map((root) => [root.name, root] as const))(
    '%s answers its role and those above, and nobody else',
    async (name, root) => {
      const document = documentOf(root);
      expect(await ask(server.url, document)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      for (const role of ROLES) {
        const { status, code } = await ask(server.url, document, bearer(keys.get(role)!));
        const may = reaches(role, EXPECTED[name]!);
        // What it answers to nonsense is its own affair.
        expect({ role, status: may && status === 200 ? 200 : status, forbidden: code === 'FORBIDDEN' }).toEqual({
          role,
          status: 200,
          forbidden: !may,
        });
        expect(code).not.toBe('GRAPHQL_VALIDATION_FAILED');
      }
    },
  );

  it.each(roots.filter(({ type }) => type.name === 'Subscription').map((root) => [root.name, root] as const))(
    '%s is begun by its role and those above',
    async (_name, root) => {
      for (const role of ROLES) {
        const client = createClient({
          url: `${server.url.replace('http', 'ws')}/graphql`,
          webSocketImpl: WebSocket,
          connectionParams: bearer(keys.get(role)!),
        });
        const begun = client.iterate({ query: documentOf(root) });
        // A refusal would be the first result; there are no events here.
        const first = await Promise.race([begun.next(), whenBegun()]);
        expect({ role, first }).toEqual({ role, first: 'begun' });
        await client.dispose();
      }
    },
  );
});

/** Resolves when another subscriber listens for events. */
async function whenBegun(): Promise<'begun'> {
  const { subscribe } = services.events;
  return new Promise((resolve) => {
    const watched = services.events as { subscribe: typeof subscribe };
    watched.subscribe = (type) => {
      watched.subscribe = subscribe;
      resolve('begun');
      return subscribe(type);
    };
  });
}

describe('every field below', () => {
  it('asks who the caller is: none of the whole schema resolves for a role that nothing is let to', () => {
    const nobody = {
      ...createContext(services, { caller: { role: 'NOBODY' as Role, name: '', keyId: null, by: 'key' } }),
    };
    const open: string[] = [];
    let looked = 0;
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) || type.name.startsWith('__') || type === schema.getMutationType()) continue;
      for (const field of Object.values(type.getFields())) {
        looked += 1;
        if (field.resolve === undefined) open.push(`${type.name}.${field.name} has no guard`);
        for (const resolve of [field.resolve, field.subscribe]) {
          if (resolve === undefined) continue;
          try {
            resolve({}, {}, nobody, { fieldName: field.name } as never);
            open.push(`${type.name}.${field.name}`);
          } catch (error) {
            expect(error).toMatchObject({ code: 'FORBIDDEN' });
          }
        }
      }
    }
    expect(open).toEqual([]);
    expect(looked).toBeGreaterThan(150);
  });

  it('of what admins alone see needs an admin, also where another field leads there', async () => {
    for (const name of ['ApiKey', 'NewApiKey', 'AuditEvent']) {
      const type = schema.getType(name);
      if (!isObjectType(type)) throw new Error(`${name} is no object type`);
      for (const field of Object.values(type.getFields()))
        expect({ field: `${name}.${field.name}`, role: roleOf(type, field, { mutation: false }) }).toEqual({
          field: `${name}.${field.name}`,
          role: 'ADMIN',
        });
    }
  });
});

describe('what is refused', () => {
  it('tells nothing of what is there: a picture that exists and one that does not look alike to a viewer', async () => {
    const there = await services.addImage('a picture that is there');
    const edit = (sha256: string) =>
      ask(server.url, `mutation { editCaption(sha256: "${sha256}", text: "x") { sha256 } }`, {
        ...bearer(keys.get('VIEWER')!),
        'x-request-id': 'the-same',
      });
    const [one, other] = [await edit(there), await edit('0'.repeat(64))];
    expect(one.code).toBe('FORBIDDEN');
    expect(one.body).toBe(other.body);
  });

  it('by one alias does not open another, and introspection shows every role the same schema', async () => {
    const viewer = bearer(keys.get('VIEWER')!);
    const aliases = Array.from({ length: 20 }, (_, i) => `a${i}: revokeApiKey(id: "x") { id }`).join(' ');
    const { json } = await ask(server.url, `mutation { ${aliases} }`, viewer);
    expect(new Set(json.errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['FORBIDDEN']));
    const introspection = '{ __schema { types { name fields { name } } } }';
    const seen = await Promise.all(ROLES.map((role) => ask(server.url, introspection, bearer(keys.get(role)!))));
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(await ask(server.url, introspection)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });
});

describe('a schema', () => {
  it('is not built with a mutation that does not say who may and what is kept of it', () => {
    @ObjectType()
    class Thing {
      @Field(() => ID)
      id!: string;
    }
    @Resolver()
    class Undecided {
      @Query(() => Thing, { nullable: true })
      thing(): null {
        return null;
      }

      @Mutation(() => Boolean)
      forgotten(): boolean {
        return true;
      }
    }
    expect(() => guardSchema(buildSchemaSync({ resolvers: [Undecided], validate: false, orphanedTypes: [] }))).toThrow(
      'Mutation.forgotten: says nobody who may',
    );
  });

  it('has a decision of every mutation: who may, and the audit around it', async () => {
    for (const field of Object.values(schema.getMutationType()!.getFields()))
      expect({ name: field.name, change: field.extensions.change }).toEqual({
        name: field.name,
        change: expect.objectContaining({ by: expect.stringMatching(/^(ANALYST|ADMIN)$/) }),
      });
    // Carried out past the server, with a context alone, it is audited all the same.
    const context = createContext(services, { caller: { role: 'VIEWER', name: 'past', keyId: null, by: 'key' } });
    await execute({ schema, document: parse('mutation { refetchImages(postIds: []) }'), contextValue: context });
    const { rows } = await db.pool.query('SELECT action, outcome FROM audit_events WHERE request_id = $1', [
      context.requestId,
    ]);
    expect(rows).toEqual([{ action: 'refetchImages', outcome: 'DENIED' }]);
  });
});
