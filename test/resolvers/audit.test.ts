import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ask, bearer, makeKey } from '../support/callers.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

interface Event {
  readonly actor: string;
  readonly keyId: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly outcome: string;
  readonly reason: string | null;
  readonly requestId: string;
}

const EVENTS = '{ auditEvents { nodes { actor keyId action target before after outcome reason requestId } } }';

describeDatabases('the audit', (open) => {
  let services: TestServices;
  let server: TestServer;
  let analyst: { key: string; id: string };
  let admin: { key: string; id: string };

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    analyst = await makeKey(open(), 'ANALYST');
    admin = await makeKey(open(), 'ADMIN');
  });
  afterAll(async () => {
    await server?.close();
    await services?.close();
  });
  beforeEach(() => open().pool.query('DELETE FROM audit_events'));

  const change = (mutation: string, { key } = analyst) => ask(server.url, `mutation { ${mutation} }`, bearer(key));
  /** Newest first. */
  const events = async () =>
    (await ask(server.url, EVENTS, bearer(admin.key))).json.data!.auditEvents as { nodes: Event[] };

  it('says who did what to what, what was there before and what is now, under the id of the request', async () => {
    const sha256 = await services.addImage('audited');
    await change(`editCaption(sha256: "${sha256}", text: "a boat") { sha256 }`);
    const { headers } = await change(`editCaption(sha256: "${sha256.toUpperCase()}", text: "two boats") { sha256 }`);
    const { nodes } = await events();
    expect(nodes).toEqual([
      {
        actor: 'analyst of a test',
        keyId: analyst.id,
        action: 'editCaption',
        target: sha256,
        before: { text: 'a boat' },
        after: { text: 'two boats' },
        outcome: 'DONE',
        reason: null,
        requestId: headers['x-request-id'],
      },
      expect.objectContaining({ before: null, after: { text: 'a boat' } }),
    ]);
  });

  it('has an event for each mutation of a document, also for those that fail or are denied, with the reason', async () => {
    const sha256 = await services.addImage('audited');
    await change(`
      a: editCaption(sha256: "${sha256}", text: "x") { sha256 }
      b: editCaption(sha256: "${'0'.repeat(64)}", text: "x") { sha256 }
      c: editCaption(sha256: "${sha256}", text: "never reached") { sha256 }
    `);
    const { nodes } = await events();
    // A field that fails where null is not allowed ends the document, but not what stood before it.
    expect(nodes.map(({ action, outcome }) => `${action} ${outcome}`).reverse()).toEqual([
      'editCaption DONE',
      'editCaption FAILED',
    ]);
    expect(nodes[0]).toMatchObject({
      reason: `NOT_FOUND: there is no image ${'0'.repeat(64)}`,
      target: '0'.repeat(64),
    });
    await change('refetchImages(postIds: [])');
    expect((await events()).nodes[0]).toMatchObject({
      action: 'refetchImages',
      outcome: 'DENIED',
      actor: 'analyst of a test',
    });
  });

  it('is part of the change: what can’t be audited is not done, and fails loudly', async () => {
    const sha256 = await services.addImage('unaudited');
    await open().pool.query(
      `ALTER TABLE audit_events ADD CONSTRAINT "full" CHECK (action <> 'editCaption' OR outcome <> 'DONE')`,
    );
    const { code } = await change(`editCaption(sha256: "${sha256}", text: "never") { sha256 }`);
    const preview = await change('previewCaption(image: { base64: "aGVsbG8=" }) { text }');
    await open().pool.query('ALTER TABLE audit_events DROP CONSTRAINT "full"');
    expect(code).toBe('INTERNAL');
    expect((await open().pool.query('SELECT 1 FROM caption_edits WHERE image_sha256 = $1', [sha256])).rows).toEqual([]);
    expect((await events()).nodes.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'previewCaption DONE',
      'editCaption FAILED',
    ]);
    expect(preview.code).toBeUndefined();

    await open().pool.query(
      `ALTER TABLE audit_events ADD CONSTRAINT "full" CHECK (action <> 'previewCaption') NOT VALID`,
    );
    expect((await change('previewCaption(image: { base64: "aGVsbG8=" }) { text }')).code).toBe('INTERNAL');
    await open().pool.query('ALTER TABLE audit_events DROP CONSTRAINT "full"');
  });

  it('keeps no picture and no key, and nothing that is long', async () => {
    const { json } = await change('createApiKey(role: VIEWER, name: "a wall") { key apiKey { id } }', admin);
    const { key, apiKey } = json.data!.createApiKey as { key: string; apiKey: { id: string } };
    await change(`revokeApiKey(id: "${apiKey.id}") { id }`, admin);
    await change(`previewCaption(image: { base64: "${Buffer.from('picture bytes').toString('base64')}" }) { text }`);
    await change(
      `ingestPosts(posts: [{ source: "s", id: "1", postedAt: "2026-03-01T00:00:00Z", text: "${'long '.repeat(10_000)}" }]) { accepted }`,
    );
    const sha256s = Array.from({ length: 2000 }, (_, i) => `"${i.toString(16).padStart(64, '0')}"`).join(' ');
    await change(`recaption(input: { sha256s: [${sha256s}] }) { queued }`);
    const { nodes } = await events();
    expect(nodes.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'recaption DONE',
      'ingestPosts DONE',
      'previewCaption DONE',
      'revokeApiKey DONE',
      'createApiKey DONE',
    ]);
    expect(nodes[3]).toMatchObject({
      target: apiKey.id,
      before: { name: 'a wall', role: 'VIEWER', revokedAt: null },
      after: { revokedAt: expect.stringMatching(/^\d{4}-/) },
    });
    expect(nodes[4]).toMatchObject({ target: apiKey.id, before: null, after: { name: 'a wall', role: 'VIEWER' } });
    const { rows } = await open().pool.query<{ kept: string }>('SELECT audit_events::text AS kept FROM audit_events');
    for (const { kept } of rows) {
      expect(kept.length).toBeLessThan(20_000);
      expect(kept).not.toContain(key.slice(-43));
      expect(kept).not.toMatch(/secret/i);
      expect(kept).not.toContain(Buffer.from('picture bytes').toString('base64'));
    }
  });

  it('of a hotspot shows its marks, and of posts their import', async () => {
    await open().pool.query(`INSERT INTO hotspots (id, emerged_at, keywords) VALUES ('h7', now(), '{}')`);
    await change('pinHotspot(id: "h7") { id }');
    await change('renameHotspot(id: "h7", name: "boats") { id }');
    const { nodes } = await events();
    expect(nodes[0]).toMatchObject({
      target: 'h7',
      before: { name: null, pinned: true, muted: false },
      after: { name: 'boats', pinned: true, muted: false },
    });
    await change(
      'ingestPosts(posts: [{ source: "s", id: "2", postedAt: "2026-03-01T00:00:00Z", text: "x" }]) { accepted }',
    );
    const { rows } = await open().pool.query<{ id: string }>('SELECT id FROM imports ORDER BY started_at DESC LIMIT 1');
    expect((await events()).nodes[0]).toMatchObject({
      target: rows[0]!.id,
      after: { accepted: 1, updated: 0, rejected: 0 },
    });
  });

  it('is found by key, name, mutation, target, outcome and time, page by page without gap or repetition', async () => {
    const sha256 = await services.addImage('audited');
    for (let i = 0; i < 5; i++) await change(`editCaption(sha256: "${sha256}", text: "${i}") { sha256 }`);
    await change('refetchImages(postIds: [])', admin);
    await change('refetchImages(postIds: [])');
    const found = async (filter: string) => {
      const { json } = await ask(
        server.url,
        `{ auditEvents(${filter}) { totalCount nodes { id action outcome } pageInfo { hasNextPage endCursor } } }`,
        bearer(admin.key),
      );
      return json.data!.auditEvents as {
        totalCount: number;
        nodes: { id: string; action: string; outcome: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
    expect((await found(`keyId: "${admin.id}"`)).totalCount).toBe(1);
    expect((await found('actor: "analyst of a test"')).totalCount).toBe(6);
    expect((await found('action: "refetchImages"')).totalCount).toBe(2);
    expect((await found(`target: "${sha256}"`)).totalCount).toBe(5);
    expect((await found('outcome: DENIED')).totalCount).toBe(1);
    expect((await found('since: "2999-01-01T00:00:00Z"')).totalCount).toBe(0);
    expect((await found('until: "2999-01-01T00:00:00Z"')).totalCount).toBe(7);
    const ids: string[] = [];
    for (let after = '', more = true; more; ) {
      const { nodes, pageInfo } = await found(`first: 2${after}`);
      ids.push(...nodes.map(({ id }) => id));
      after = `, after: "${pageInfo.endCursor}"`;
      more = pageInfo.hasNextPage;
    }
    expect(ids).toHaveLength(7);
    expect(new Set(ids).size).toBe(7);
  });
});
