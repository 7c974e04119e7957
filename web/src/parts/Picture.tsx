// A picture with what the model says of it as its text.
import type { PictureFragment } from '../queries/documents.js';

export interface PictureProps {
  readonly picture: Pick<PictureFragment, 'mediaUrl' | 'width' | 'height' | 'caption'>;
  readonly className?: string | undefined;
  /** Side of the square that it is shown in or fills, as in the attribute: a small copy will do. Left out: the picture itself. */
  readonly sizes?: string;
  /** The first ones of a page are fetched at once, before its others. */
  readonly eager?: boolean;
}

export function Picture({
  picture: { mediaUrl, width, height, caption },
  className,
  sizes,
  eager = false,
}: PictureProps) {
  return (
    <img
      className={className}
      {...(sizes === undefined
        ? { src: mediaUrl }
        : { ...copiesOf(mediaUrl, Math.min(width, height) / Math.max(width, height)), sizes })}
      width={width}
      height={height}
      alt={caption?.text ?? 'a picture that has no caption yet'}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : 'auto'}
      decoding="async"
    />
  );
}

/** Longer edges of the small copies that there are. */
const EDGES = [160, 320, 640];

/** `shorter`: the shorter edge of a picture whose longer one is 1. A copy is chosen by it, for it has to fill a square. */
function copiesOf(mediaUrl: string, shorter: number) {
  const copy = (edge: number) => `${mediaUrl}?edge=${edge}`;
  return {
    src: copy(320),
    srcSet: EDGES.map((edge) => `${copy(edge)} ${Math.max(1, Math.round(edge * shorter))}w`).join(', '),
  };
}
