// One picture: what the model says of it and how surely, who posted it, and what a person makes of that.
import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Note } from '../parts/Note.js';
import { counted, share } from '../parts/numbers.js';
import { Picture as Shown } from '../parts/Picture.js';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { CaptionCompletedDocument, PictureDetailDocument, type PictureDetailQuery } from '../queries/documents.js';
import styles from './Picture.module.css';
import { Editing } from './picture/Editing.js';
import { History } from './picture/History.js';
import { Recaptioning } from './picture/Recaptioning.js';

const route = getRouteApi('/pictures/$sha256');

export type PictureDetail = NonNullable<PictureDetailQuery['image']>;

export function Picture() {
  const { sha256 } = route.useParams();
  const { data, error, refetch } = useQuery(PictureDetailDocument, { variables: { sha256 } });
  useSubscription(CaptionCompletedDocument, {
    onData: ({ data: { data: told } }) => {
      if (told?.captionCompleted.image.sha256 === sha256) void refetch();
    },
    ignoreResults: true,
  });
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <p role="status">Asking for the picture</p>;
  const { image, model } = data;
  if (image === null)
    return (
      <Note title="There is no such picture">
        It may have been deleted. <Link to="/">What happens now</Link>
      </Note>
    );
  const known = model.captioner.name === 'blip2-scenes';
  return (
    <article className={styles.page}>
      <title>{`${image.caption?.text ?? 'A picture'} · Hotlens`}</title>
      <figure className={styles.figure}>
        <Shown picture={image} eager />
        <figcaption>
          {image.width} × {image.height}, {image.mimeType}, first seen <Time at={image.createdAt} />
        </figcaption>
      </figure>
      <div className={styles.side}>
        <section aria-labelledby="caption">
          <h1 id="caption" dir="auto">
            {image.caption?.text ?? 'No caption yet'}
          </h1>
          {image.caption && (
            <p className={styles.soft}>
              {image.caption.edited
                ? 'in a person’s words'
                : image.caption.confidence !== null &&
                  `the model is ${share(image.caption.confidence)} sure of a word, on average`}
            </p>
          )}
          {known && (
            <p className={styles.soft}>
              The model that ships with Hotlens knows drawn scenes only: of a photograph it says what it is reminded of.
            </p>
          )}
          <Editing key={image.caption?.text} image={image} />
        </section>
        <Recaptioning sha256={sha256} />
        <Posts image={image} />
      </div>
      <History image={image} />
    </article>
  );
}

function Posts({ image: { posts } }: { image: PictureDetail }) {
  return (
    <section aria-labelledby="posts">
      <h2 id="posts">{counted(posts.length, 'post')} with it</h2>
      <ol className={styles.posts}>
        {posts.map((post) => (
          <li key={post.id}>
            <p dir="auto">{post.text || <span className={styles.soft}>without text</span>}</p>
            <small>
              <bdi>{post.author ?? 'somebody'}</bdi>, {post.source}, <Time at={post.postedAt} />
              {post.hotspot && (
                <>
                  , in{' '}
                  <Link to="/hotspots/$id" params={{ id: post.hotspot.id }} dir="auto">
                    {post.hotspot.title}
                  </Link>
                </>
              )}
            </small>
          </li>
        ))}
      </ol>
    </section>
  );
}
