import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

afterAll(() => endAllHotlens());

const FIXTURE = 'test/fixtures/hdbscan';

async function cluster(...args: string[]) {
  const { ended, stdout, stderr } = runHotlens(['cluster', ...args]);
  return { status: await ended, stdout: stdout(), stderr: stderr() };
}

describe('hotlens cluster', () => {
  it('prints labels, probabilities and the number of clusters as one object', async () => {
    const { cases } = JSON.parse(readFileSync(`${FIXTURE}/expected.json`, 'utf8')) as {
      cases: { data: string; params: Record<string, unknown>; clusters: number; labels: number[] }[];
    };
    const expected = cases.find(
      ({ data, params }) => data === 'duplicates' && params.cluster_selection_method === 'leaf',
    )!;
    const size = String(expected.params.min_cluster_size);
    const { status, stdout } = await cluster(
      `${FIXTURE}/duplicates.npy`,
      ...['--min-cluster-size', size, '--method', 'leaf', '--json'],
    );
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as { labels: number[]; probabilities: number[]; clusters: number };
    expect(found.labels).toEqual(expected.labels);
    expect(found.clusters).toBe(expected.clusters);
    expect(found.probabilities).toHaveLength(expected.labels.length);
  });

  it('takes every option', async () => {
    const { status, stdout, stderr } = await cluster(
      `${FIXTURE}/one.npy`,
      ...['--min-cluster-size', '20', '--min-samples', '5', '--epsilon', '0.1', '--max-cluster-size', '400'],
      ...['--allow-single-cluster', '--metric', 'cosine'],
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^cluster 0: \d+ rows, in the middle [\d, .]+\n(.*\n)*noise: 94 of 250 rows\n$/);
  });

  it.each([
    [['none.npy', '--min-cluster-size', '5'], 1, /none\.npy: no such file/],
    [[`${FIXTURE}/expected.json`, '--min-cluster-size', '5'], 1, /not a NumPy file/],
    [[`${FIXTURE}/one.npy`], 2, /--min-cluster-size/],
    [[`${FIXTURE}/one.npy`, '--min-cluster-size', '1'], 2, /at least 2/],
    [[`${FIXTURE}/one.npy`, '--min-cluster-size', '5', '--epsilon', '-1'], 2, /a distance of at least 0/],
  ])('refuses %j', async (args, expected, reason) => {
    const { status, stderr } = await cluster(...args);
    expect(stderr).toMatch(reason);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(status).toBe(expected);
  });
});
