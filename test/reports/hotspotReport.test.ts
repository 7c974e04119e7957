import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findReport } from '../../src/reports/hotspotReport/findReport.js';
import type { HotspotReport } from '../../src/reports/hotspotReport/hotspotReport.js';
import { readQuestion, windowOf } from '../../src/reports/hotspotReport/question.js';
import { tellReport } from '../../src/reports/hotspotReport/tellReport.js';
import { VERSION } from '../../src/version.js';
import { describeDatabases } from '../support/databases.js';
import { HOSTILE, type ReportedCity, reportedCity } from '../support/reportedCity.js';
import { openTestServices, type TestServices } from '../support/testServices.js';

describeDatabases('a hotspot report', (open) => {
  let services: TestServices;
  let city: ReportedCity;
  beforeAll(async () => {
    services = await openTestServices(open());
    city = await reportedCity(services);
  });
  afterAll(() => services.close());
  async function report(given: object = {}, until = city.until): Promise<HotspotReport> {
    const { pool } = open();
    const question = readQuestion(given);
    const findings = await findReport({ pool, config: services.config, question, window: windowOf(question, until) });
    // What is kept goes through JSON.
    return tellReport(pool, JSON.parse(JSON.stringify(findings)), {
      title: 'Morning',
      timeZone: 'Europe/Berlin',
      dueAt: null,
      missed: 0,
      baseUrl: 'https://hotlens.example',
      path: '/reports',
    });
  }

  it('says what is new, what grew and what cooled, with numbers against the window before', async () => {
    const { new: fresh, grew, cooled, counts, nothingHappened, summary } = await report();
    expect(fresh).toMatchObject([
      {
        id: 'h1',
        change: 'NEW',
        posts: 12,
        postsBefore: 0,
        authors: 11,
        authorsBefore: 0,
        ratio: null,
        state: 'LIVING',
      },
    ]);
    expect(grew).toMatchObject([{ id: 'h2', posts: 16, postsBefore: 4, ratio: 4 }]);
    expect(cooled).toMatchObject([{ id: 'h3', posts: 0, postsBefore: 9, state: 'ENDED', opinion: null }]);
    expect(counts).toEqual({ NEW: 1, GREW: 1, COOLED: 1, STEADY: 0 });
    expect(nothingHappened).toBe(false);
    expect(summary[0]).toBe('1 hotspot is new, 1 grew and 1 cooled.');
  });

  it('shows each with pictures, evidence, opinion, keywords, a reason in words and links', async () => {
    const {
      new: [fire],
      grew: [market],
    } = await report();
    expect(fire!.title).toBe(`Mill Street: ${HOSTILE}`);
    expect(fire!.link).toBe('https://hotlens.example/hotspots/h1');
    expect(fire!.reason).toBe(
      'Found 9 May 2026, 04:00; at its height, 9 May 2026, 04:00, 12 distinct authors and pieces in 3 hours, where 0.4 are usual at this time of the day.',
    );
    expect(fire!.pictures).toHaveLength(4);
    expect(fire!.pictures.map(({ sensitive }) => sensitive)).toEqual([false, false, true, false]);
    expect(fire!.pictures[1]).toMatchObject({ caption: HOSTILE, sha256: city.pictures[1] });
    expect(fire!.evidence.map(({ id }) => id)).toEqual(city.posts.slice(0, 5));
    expect(fire!.evidence[0]!.text.length).toBeLessThan(600);
    expect(fire!.evidence[1]).toMatchObject({ url: `https://example.org/p/${city.posts[1]}`, source: 'bluesky' });
    // Eleven authors, each counted once: whose mean is above zero is for it.
    expect(fire!.opinion).toMatchObject({ negative: 7, neutral: 0, positive: 4, unknown: 0 });
    expect(market!.opinionChange).toBeCloseTo(0);
    expect(fire!.bars.slice(0, 24).every((posts) => posts === 0)).toBe(true);
    expect(fire!.bars.reduce((a, b) => a + b)).toBe(12);
  });

  it('tells merges and splits, and not what came to nothing', async () => {
    const { merges, splits } = await report();
    expect(merges).toMatchObject([
      { hotspot: { id: 'h3', title: 'a marathon at the river' }, other: { id: 'h2' }, reason: 'h2 explains 80 %' },
    ]);
    expect(splits).toEqual([]);
  });

  it('tells how much was seen: posts by source, pictures, failures without addresses, silence of a source', async () => {
    const { seen } = await report();
    expect(seen).toMatchObject({
      posts: 24 + 16 + 12 + 16,
      postsBefore: 24 + 24 + 4 + 9,
      pictures: 5,
      captioned: 4,
      failed: 1,
    });
    expect(seen.sources).toMatchObject([
      { source: 'bluesky', posts: 52, sensitive: 1 },
      { source: 'mastodon', posts: 16, pictures: 0 },
    ]);
    expect(seen.failures).toEqual([{ reason: '(address) status 404', pictures: 1 }]);
    expect(seen.gaps).toEqual([
      { source: 'mastodon', since: '2026-05-08T23:00:00.000Z', until: '2026-05-09T07:00:00.000Z', usual: 8 },
    ]);
    expect(seen.bars.reduce((a, b) => a + b)).toBe(seen.posts + seen.postsBefore);
  });

  it('tells what it was made with', async () => {
    const { made, madeBy, window, schemaVersion } = await report();
    expect(made.captioners).toEqual([
      { modelDigest: 'model', adapterDigest: 'adapter', prompt: '', options: { numBeams: 4 }, pictures: 4 },
    ]);
    expect(madeBy).toBe(`Hotlens ${VERSION}`);
    expect(window).toEqual({ since: '2026-05-08T07:00:00.000Z', until: '2026-05-09T07:00:00.000Z' });
    expect(schemaVersion).toBe(1);
  });

  it('is about the posts of its filter, and counts them by what is asked', async () => {
    const one = await report({ filter: { source: 'mastodon' } });
    expect(one.seen.posts).toBe(16);
    expect(one.nothingHappened).toBe(true);
    const english = await report({ filter: { language: 'en' }, grouping: 'LANGUAGE' });
    expect(english.new[0]!.groups).toEqual([{ name: 'en', posts: 12, postsBefore: 0 }]);
    expect((await report({ filter: { language: 'fr' } })).seen.posts).toBe(0);
  });

  it('says plainly that nothing happened, or that nothing was seen', async () => {
    const quiet = await report({ filter: { text: 'a walk in the park' } });
    expect(quiet).toMatchObject({ nothingHappened: true, new: [], grew: [], cooled: [] });
    expect(quiet.summary[0]).toMatch(/^Nothing happened: no hotspot is new/);
    const empty = await report({}, new Date('2020-01-01T00:00:00Z'));
    expect(empty.summary[0]).toBe('Nothing was seen: no post that was asked for is of this time.');
  });

  it('leaves out what a person has muted, and says so', async () => {
    await open().pool.query(`INSERT INTO hotspot_marks (hotspot_id, muted) VALUES ('h2', true)`);
    expect(await report()).toMatchObject({ grew: [], muted: 1 });
    await open().pool.query('DELETE FROM hotspot_marks');
  });
});
