// hotlens cluster FILE.npy: dense groups among the rows of a matrix.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { finiteNumber, wholeNumber } from './options.js';

interface ClusterOptions {
  readonly minClusterSize: number;
  readonly minSamples?: number;
  readonly method: 'eom' | 'leaf';
  readonly epsilon: number;
  readonly maxClusterSize?: number;
  readonly allowSingleCluster?: true;
  readonly metric: 'euclidean' | 'cosine';
  readonly json?: true;
}

/** Rows named of each cluster. */
const SHOWN = 5;

export function addCluster(program: Command): void {
  program
    .command('cluster')
    .description('finds dense groups among the rows of a matrix, by HDBSCAN')
    .argument('<file>', 'a float32 matrix (.npy), a row a point; hotlens embed writes such')
    .requiredOption('--min-cluster-size <n>', 'fewer rows are noise', wholeNumber(2))
    .option('--min-samples <n>', 'more: only what is denser counts (default: --min-cluster-size)', wholeNumber(1))
    .addOption(
      new Option('--method <method>', 'eom: the groups that last longest; leaf: the smallest')
        .choices(['eom', 'leaf'])
        .default('eom'),
    )
    .option('--epsilon <x>', 'groups nearer than this are one', distance, 0)
    .option('--max-cluster-size <n>', 'larger groups are not taken (eom)', wholeNumber(1))
    .option('--allow-single-cluster', 'all rows may be one group')
    .addOption(
      new Option('--metric <metric>', 'how far rows are from each other')
        .choices(['euclidean', 'cosine'])
        .default('euclidean'),
    )
    .option('--json', 'one object: labels (noise -1) and probabilities by row, and the number of clusters')
    .action(clusterCommand);
}

function distance(text: string): number {
  const value = finiteNumber(text);
  if (value < 0) throw new InvalidArgumentError('expected a distance of at least 0');
  return value;
}

async function clusterCommand(file: string, { json, ...options }: ClusterOptions): Promise<void> {
  const { readNpy } = await import('../npy.js');
  const { hdbscan } = await import('../analytics/hdbscan/hdbscan.js');
  const { exemplars } = await import('../analytics/hdbscan/exemplars.js');
  const clustering = await hdbscan(await readNpy(file), options);
  const { labels, probabilities, selected } = clustering;
  if (json === true) {
    const shown = { labels: [...labels], probabilities: [...probabilities], clusters: selected.length };
    process.stdout.write(`${JSON.stringify(shown)}\n`);
    return;
  }
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const lines = exemplars(clustering).map((rows, cluster) => {
    const more = rows.length > SHOWN ? ', ...' : '';
    return `cluster ${cluster}: ${sizes.get(cluster)} rows, in the middle ${rows.slice(0, SHOWN).join(', ')}${more}`;
  });
  process.stdout.write([...lines, `noise: ${sizes.get(-1) ?? 0} of ${labels.length} rows`, ''].join('\n'));
}
