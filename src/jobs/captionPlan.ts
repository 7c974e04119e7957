// Which model captions, under which options: with an image's hash, the identity of a caption.
import { createHash } from 'node:crypto';
import type { CaptionerInfo, DecodingOptions } from '../inference/inference.js';

export interface CaptionPlan {
  readonly modelDigest: string;
  /** '' without an adapter. */
  readonly adapterDigest: string;
  readonly prompt: string;
  /** What was asked for beside the prompt; the rest comes from the checkpoint, which modelDigest names. */
  readonly options: Omit<DecodingOptions, 'prompt'>;
  /** SHA-256, 64 hex digits, over prompt and options in canonical JSON. */
  readonly optionsDigest: string;
}

/** The plan of a captioner and what it is asked to do. Equal requests give equal plans, however their options are ordered. */
export function captionPlan(
  captioner: Pick<CaptionerInfo, 'digest' | 'adapterDigest'>,
  { prompt = '', ...options }: DecodingOptions,
): CaptionPlan {
  const entries = Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const given = Object.fromEntries(entries) as CaptionPlan['options'];
  return {
    modelDigest: captioner.digest,
    adapterDigest: captioner.adapterDigest,
    prompt,
    options: given,
    optionsDigest: createHash('sha256')
      .update(JSON.stringify({ prompt, options: given }))
      .digest('hex'),
  };
}
