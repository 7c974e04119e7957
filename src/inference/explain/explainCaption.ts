import { AppError } from '../../errors.js';
import { type CaptionerOptions, openCaptioner } from '../captioner.js';
import type { CaptionRequest, CaptionResult } from '../inference.js';
import { openExplainer } from './explainer.js';
import type { CaptionExplanation, QueryWeights } from './explanation.js';

export interface ExplainedCaption {
  /** As the captioner gives it. */
  readonly result: CaptionResult;
  readonly explanation: CaptionExplanation;
}

/**
 * Captions a picture and says where the caption came from. Captioner and explainer are loaded one after the other, so that
 * their weights are never in memory together; who explains many captions keeps an explainer open (openExplainer).
 * Throws AppError BAD_IMAGE, BAD_USER_INPUT (options), BAD_MODEL, CONFIG (device), OUT_OF_MEMORY.
 */
export async function explainCaption(
  directory: string,
  request: CaptionRequest & { readonly weights?: QueryWeights },
  options: CaptionerOptions = {},
): Promise<ExplainedCaption> {
  const captioner = await openCaptioner(directory, options);
  let result: CaptionResult | AppError | undefined;
  try {
    [result] = await captioner.captionBatch([request]);
  } finally {
    await captioner.dispose();
  }
  if (result === undefined || result instanceof AppError) throw result;
  const explainer = await openExplainer(directory, options);
  try {
    const { image, weights } = request;
    const prompt = request.options?.prompt ?? '';
    const { tokenIds } = result;
    return { result, explanation: await explainer.explain({ image, tokenIds, prompt, ...(weights && { weights }) }) };
  } finally {
    await explainer.dispose();
  }
}
