// Pictures coming in and lying there, with the limits that the configuration sets.
import type { Config } from './config.js';
import { fetchMedia } from './ingest/fetchMedia.js';
import { type MediaStore, openMediaStore } from './ingest/mediaStore.js';
import { type StoredImage, storeImage } from './ingest/storeImage.js';

export interface Media {
  readonly store: MediaStore;
  /** The bytes at a public address. Rejects with AppError MEDIA_REFUSED (final) or MEDIA_UNAVAILABLE (retryable). */
  fetch(url: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Decodes and keeps a picture's bytes. Rejects with AppError BAD_IMAGE, or RETRY_LATER where the disk is full. */
  keep(bytes: Uint8Array): Promise<StoredImage>;
}

/** The pictures of a data directory. */
export function openMedia({ dataDir, media: limits, ingest }: Pick<Config, 'dataDir' | 'media' | 'ingest'>): Media {
  const store = openMediaStore(dataDir, ingest);
  return {
    store,
    fetch: (url, signal) => fetchMedia(url, signal === undefined ? limits : { ...limits, signal }),
    keep: (bytes) => storeImage({ media: store, limits }, bytes),
  };
}
