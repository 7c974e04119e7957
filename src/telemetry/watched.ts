// The parts whose work is measured, wherever it is asked for.
import type { Inference } from '../inference/inference.js';
import type { Media } from '../media.js';
import { inStage, type Telemetry } from './telemetry.js';

/** The same media, every fetch and every picture kept measured. */
export function watchedMedia(media: Media, telemetry: Telemetry): Media {
  return {
    store: media.store,
    fetch: (url, signal) => inStage(telemetry, 'fetch', () => media.fetch(url, signal)),
    keep: (bytes) => inStage(telemetry, 'store', () => media.keep(bytes)),
  };
}

/** The same inference, every caption and every vector measured, with the wait for its batch. */
export function watchedInference(inference: Inference, telemetry: Telemetry): Inference {
  return {
    info: () => inference.info(),
    caption: (request, signal) => inStage(telemetry, 'caption', () => inference.caption(request, signal)),
    explain: (request, signal) => inference.explain(request, signal),
    embedText: (text) => inStage(telemetry, 'embed', () => inference.embedText(text)),
    embedImage: (image) => inStage(telemetry, 'embed', () => inference.embedImage(image)),
    close: () => inference.close(),
  };
}
