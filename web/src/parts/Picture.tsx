// A picture with what the model says of it as its text.
import type { PictureFragment } from '../queries/documents.js';

export interface PictureProps {
  readonly picture: Pick<PictureFragment, 'mediaUrl' | 'width' | 'height' | 'caption'>;
  readonly className?: string | undefined;
  /** How wide it is shown, as in the attribute: a small copy will do. Left out: the picture itself. */
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
        : { src: `${mediaUrl}?side=160`, srcSet: `${mediaUrl}?side=160 160w, ${mediaUrl}?side=320 320w`, sizes })}
      width={width}
      height={height}
      alt={caption?.text ?? 'a picture that has no caption yet'}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : 'auto'}
      decoding="async"
    />
  );
}
