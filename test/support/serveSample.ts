// `hotlens start` on an empty folder, with the shipped models, and some pictures of the sample posted to it.
import { readFile } from 'node:fs/promises';
import { askGraphQL, type RunningHotlens, runHotlens } from './runHotlens.js';
import { until } from './until.js';

export interface Served {
  readonly url: string;
  data<Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data>;
  /** The shown caption of a picture, as soon as there is one (other than `not`). */
  caption(
    name: string,
    not?: string,
  ): Promise<{ readonly captionId: string; readonly sha256: string; readonly text: string }>;
}

/** Posts each of `names` (`samples/images/NAME.jpg`) once, by an author of that name. */
export async function serveSample(
  folder: string,
  names: readonly string[],
): Promise<{ readonly server: RunningHotlens; readonly served: Served }> {
  const server = runHotlens(['start', '--port', '0'], { HOTLENS_DATA: folder });
  const url = await server.url();
  const data = <Data>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Data> =>
    askGraphQL<Data>(url, query, variables);
  const rows = await Promise.all(
    names.map(async (name, i) => {
      const base64 = await readFile(`samples/images/${name}.jpg`, 'base64');
      const postedAt = new Date(Date.UTC(2026, 2, 14, 8 + i)).toISOString();
      return { source: 'sample', id: name, author: name, text: `about ${name}`, postedAt, images: [{ base64 }] };
    }),
  );
  await data('mutation ($rows: [JSON!]!) { ingestPosts(rows: $rows) { accepted } }', { rows });
  interface Posts {
    readonly posts: {
      nodes: { images: { image: { sha256: string; caption: { id: string; modelText: string } | null } }[] }[];
    };
  }
  return {
    server,
    served: {
      url,
      data,
      caption: (name, not) =>
        until(
          `a caption of ${name}`,
          async () => {
            const query = `{ posts(filter: { author: "${name}" }) { nodes { images { image { sha256 caption { id modelText } } } } } }`;
            const { image } = (await data<Posts>(query)).posts.nodes[0]!.images[0]!;
            const { caption, sha256 } = image;
            if (caption === null || caption.id === not) return undefined;
            return { captionId: caption.id, sha256, text: caption.modelText };
          },
          110_000,
        ),
    },
  };
}
