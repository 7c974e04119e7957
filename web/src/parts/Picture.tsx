// A picture with what the model says of it as its text.
import type { PictureFragment } from '../queries/documents.js';

export interface PictureProps {
  readonly picture: Pick<PictureFragment, 'mediaUrl' | 'width' | 'height' | 'caption'>;
  readonly className?: string | undefined;
  /** The first ones of a page are fetched at once, before its others. */
  readonly eager?: boolean;
}

export function Picture({ picture: { mediaUrl, width, height, caption }, className, eager = false }: PictureProps) {
  return (
    <img
      className={className}
      src={mediaUrl}
      width={width}
      height={height}
      alt={caption?.text ?? 'a picture that has no caption yet'}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : 'auto'}
      decoding="async"
    />
  );
}
