// One picture: what the model says of it, how surely and from where; who posted it, and what a person makes of that.

import { useQuery, useSubscription } from '@apollo/client/react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../caller.js';
import { Button } from '../parts/Button.js';
import buttons from '../parts/Button.module.css';
import { Note } from '../parts/Note.js';
import { counted, share } from '../parts/numbers.js';
import { Problem } from '../parts/Problem.js';
import { Time } from '../parts/Time.js';
import { titleOf } from '../parts/titleOf.js';
import { Waiting } from '../parts/Waiting.js';
import {
  CaptionCompletedDocument,
  ExplanationDocument,
  PictureDetailDocument,
  type PictureDetailQuery,
} from '../queries/documents.js';
import styles from './Picture.module.css';
import { Beams } from './picture/Beams.js';
import { Copies } from './picture/Copies.js';
import { Editing } from './picture/Editing.js';
import { Gates } from './picture/Gates.js';
import { History } from './picture/History.js';
import { Looked } from './picture/Looked.js';
import { type CaptionDetail, MadeWith } from './picture/MadeWith.js';
import { Recaptioning } from './picture/Recaptioning.js';
import { WordByWord } from './picture/WordByWord.js';

const route = getRouteApi('/pictures/$sha256');

/** Explaining takes the weights into memory a second time: of models with more parameters it is asked for by a person. */
const EXPLAINED_AT_ONCE = 1e9;

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
  if (!data)
    return (
      <div className={styles.page}>
        <Waiting what="Asking for the picture" rooms={['picture', 'line']} />
        <Waiting what="and for what is said of it" rooms={['title', 'line', 'line', 'panel']} />
      </div>
    );
  const { image, model } = data;
  if (image === null)
    return (
      <Note title="There is no such picture">
        It may have been deleted. <Link to="/">What happens now</Link>
      </Note>
    );
  return <Found key={sha256} image={image} captioner={model.captioner} />;
}

function Found({ image, captioner }: { image: PictureDetail; captioner: PictureDetailQuery['model']['captioner'] }) {
  const { word: place, scale, caption: asked } = route.useSearch();
  const may = useMay('ANALYST');
  const captionOf = (id: string | undefined) => image.captions.find((caption) => caption.id === id);
  const current = captionOf(image.caption?.id);
  const wanted = captionOf(asked) ?? current;
  const explained = wanted?.status === 'COMPLETED' ? wanted : undefined;
  const [told, tell] = useState(captioner.parameters <= EXPLAINED_AT_ONCE);
  const { data, error, loading, refetch } = useQuery(ExplanationDocument, {
    variables: { captionId: explained?.id ?? '' },
    skip: explained === undefined || !told,
  });
  const explanation = explained === undefined ? undefined : (data?.captionExplanation ?? undefined);
  const word = explanation?.words[place ?? -1];
  return (
    <article className={styles.page}>
      <title>{`${image.caption?.text ?? 'A picture'} · Hotlens`}</title>
      <Looked
        image={image}
        word={word}
        scale={scale}
        words={
          <>
            {explanation && (
              <WordByWord explanation={explanation} prompt={explained?.prompt ?? ''} chosen={word && place} />
            )}
            {loading && <Waiting what="Asking the model where each word came from" rooms={['panel']} />}
            {error && (
              <Note title="This caption can’t be explained now">
                <p>{error.message}</p>
                <Button className={buttons.button} onPress={() => void refetch()}>
                  Ask again
                </Button>
              </Note>
            )}
            {explained && !told && (
              <div>
                <Button className={buttons.button} onPress={() => tell(true)}>
                  Ask the model where each word came from
                </Button>
              </div>
            )}
          </>
        }
      />
      <div className={styles.side}>
        <Shown image={image} known={captioner.name === 'blip2-scenes'} />
        {explained && explained === current && image.caption?.edited && (
          <p className={styles.soft}>
            Explained are the model’s own words: <bdi>{explained.modelText}</bdi>
          </p>
        )}
        {explained && explained !== current && (
          <p>
            Explained here is an earlier caption: <bdi>{explained.modelText}</bdi>.{' '}
            <Link from="/pictures/$sha256" to="." search={{}} activeOptions={{ exact: true }}>
              Explain the current one
            </Link>
          </p>
        )}
        {loading && <Waiting what="and what else it would have said" rooms={['panel', 'panel']} />}
        {explanation && (
          <>
            <Beams explanation={explanation} />
            <Gates explanation={explanation} word={word} />
          </>
        )}
        {explained && <MadeWith caption={explained} name={nameOf(explained, captioner)} />}
        {may && <Recaptioning sha256={image.sha256} />}
        <Posts image={image} />
      </div>
      <Copies image={image} />
      <History image={image} explained={explained} />
    </article>
  );
}

function nameOf({ modelDigest }: CaptionDetail, { digest, name }: PictureDetailQuery['model']['captioner']) {
  return modelDigest === digest ? name : undefined;
}

function Shown({ image, known }: { image: PictureDetail; known: boolean }) {
  const { caption } = image;
  const may = useMay('ANALYST');
  const prompt = caption?.edited ? '' : (caption?.prompt.trim() ?? '');
  return (
    <section aria-labelledby="caption">
      <h1 id="caption" dir="auto">
        {prompt !== '' && (
          <>
            <bdi className={styles.soft}>{prompt}</bdi>{' '}
          </>
        )}
        {caption?.text ?? 'No caption yet'}
      </h1>
      {caption && (
        <p className={styles.soft}>
          {caption.edited
            ? 'in a person’s words'
            : caption.confidence !== null && `the model is ${share(caption.confidence)} sure of a word, on average`}
        </p>
      )}
      {known && (
        <p className={styles.soft}>
          The model that ships with Hotlens knows drawn scenes only: of a photograph it says what it is reminded of.
        </p>
      )}
      {may && <Editing key={caption?.text} image={image} />}
    </section>
  );
}

function Posts({ image: { posts, postCount, authorCount, firstPostAt } }: { image: PictureDetail }) {
  return (
    <section aria-labelledby="posts">
      <h2 id="posts">
        {counted(postCount, 'post')} with it, by {counted(authorCount, 'author')}
      </h2>
      {firstPostAt !== null && (
        <p className={styles.soft}>
          the first <Time at={firstPostAt} />
          {posts.length < postCount && `; the newest ${posts.length} are listed`}
        </p>
      )}
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
                    {titleOf(post.hotspot)}
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
