// Every post of a hotspot, the newest first: what it rests on.
import { useQuery } from '@apollo/client/react';
import { Link } from '@tanstack/react-router';
import { LoadMore } from '../../parts/LoadMore.js';
import { counted, decimal } from '../../parts/numbers.js';
import { Problem } from '../../parts/Problem.js';
import table from '../../parts/Table.module.css';
import { Time } from '../../parts/Time.js';
import { HotspotPostsDocument } from '../../queries/documents.js';
import page from '../Hotspot.module.css';

const AT_A_TIME = 50;

export function Evidence({ id, title }: { id: string; title: string }) {
  const { data, error, refetch, fetchMore, loading } = useQuery(HotspotPostsDocument, {
    variables: { id, first: AT_A_TIME },
    notifyOnNetworkStatusChange: true,
  });
  const posts = data?.hotspot?.posts;
  return (
    <section aria-labelledby="evidence" className={page.panel}>
      <h2 id="evidence">The evidence{posts && `: ${counted(posts.totalCount, 'post')}`}</h2>
      <p>
        <a href={`/export/posts.csv?hotspot=${id}`} download>
          CSV
        </a>{' '}
        <a href={`/export/posts.ndjson?hotspot=${id}`} download>
          NDJSON
        </a>
      </p>
      {error && <Problem error={error} again={() => void refetch()} />}
      {posts && (
        <div className={table.scroll}>
          <table className={table.table}>
            <caption className="hidden">Posts of {title}</caption>
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Author</th>
                <th scope="col">Text</th>
                <th scope="col">Picture</th>
                <th scope="col">Opinion</th>
              </tr>
            </thead>
            <tbody>
              {posts.nodes.map((post) => (
                <tr key={post.id}>
                  <td>
                    <Time at={post.postedAt} />
                  </td>
                  <td>
                    <bdi>{post.author ?? '–'}</bdi>
                    <small>{post.source}</small>
                  </td>
                  <td dir="auto" className={table.text}>
                    {post.text}
                  </td>
                  <td>
                    {post.images.map(({ id: imageId, image, error: failure }) => (
                      <span key={imageId} className={table.picture} dir="auto">
                        {image ? (
                          <Link to="/pictures/$sha256" params={{ sha256: image.sha256 }}>
                            {image.caption?.text ?? 'not captioned yet'}
                          </Link>
                        ) : (
                          (failure ?? 'not fetched yet')
                        )}
                      </span>
                    ))}
                  </td>
                  <td>{post.opinion?.score == null ? 'unknown' : decimal(post.opinion.score)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {posts?.pageInfo.hasNextPage && (
        <LoadMore
          busy={loading}
          onPress={() =>
            void fetchMore({
              variables: { after: posts.pageInfo.endCursor },
              updateQuery: (before, { fetchMoreResult: more }) =>
                before.hotspot && more.hotspot
                  ? {
                      hotspot: {
                        ...more.hotspot,
                        posts: {
                          ...more.hotspot.posts,
                          nodes: [...before.hotspot.posts.nodes, ...more.hotspot.posts.nodes],
                        },
                      },
                    }
                  : before,
            })
          }
        />
      )}
    </section>
  );
}
