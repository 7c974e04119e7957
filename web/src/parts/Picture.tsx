// A picture with what the model says of it as its text.
import type { PictureFragment } from '../queries/documents.js';

export interface PictureProps {
  readonly picture: Pick<PictureFragment, 'mediaUrl' | 'width' | 'height' | 'caption'>;
  readonly className?: string | undefined;
  /** The first ones of a page are fetched at once. */
  readonly eager?: boolean;
  /** Shown no larger than some 160 pixels: a small copy will do. */
  readonly small?: boolean;
}

export function Picture({
  picture: { mediaUrl, width, height, caption },
  className,
  eager = false,
  small = false,
}: PictureProps) {
  return (
    <img
      className={className}
      src={small ? `${mediaUrl}?edge=320` : mediaUrl}
      srcSet={small ? `${mediaUrl}?edge=640 2x` : undefined}
      width={width}
      height={height}
      alt={caption?.text ?? 'a picture that has no caption yet'}
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
    />
  );
}
