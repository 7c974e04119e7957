// The process that runs inference: a captioner behind the batching DataLoader, and an embedder. Started by
// inferenceClient.ts with its settings as JSON; ends when the channel to its parent closes.
import { AppError } from '../errors.js';
import { gathered } from '../gathered.js';
import { inferenceError } from '../onnx/inferenceError.js';
import { loadCaptioner, prepareCaptioner } from './captioner.js';
import { createCaptionLoader } from './captionLoader.js';
import { openEmbedder } from './embedding/embedder.js';
import { loadExplainer } from './explain/explainer.js';
import { createExplanations } from './explain/explanations.js';
import type { TextEmbedding } from './inference.js';
import type { FromProcess, InferenceCall, InferenceSettings, ToProcess, WireError } from './inferenceProtocol.js';

const TEXT_BATCH = 64;

// A terminal's Ctrl-C reaches the whole process group: the parent drains first, then closes the channel.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));

function send(message: FromProcess): void {
  if (process.connected) process.send?.(message);
}

async function serve(settings: InferenceSettings): Promise<void> {
  const { device, threads, ecma, quantize } = settings;
  const imageLimits = { maxPixels: settings.maxPixels, decodeMs: settings.decodeMs };
  const prepared = await prepareCaptioner(settings.modelDir, {
    ...{ device, threads, ecma, quantize, imageLimits },
    onMemory: (needed, available) => send({ kind: 'loading', needed, available }),
  });
  const captioner = await loadCaptioner(prepared);
  const embedder = await openEmbedder(settings.embedderDir, { device, threads, imageLimits });
  const captions = createCaptionLoader(captioner, {
    batchSize: settings.batchSize,
    batchWaitMs: settings.batchWaitMs,
    batchTargetMs: settings.batchTargetMs,
    onBatch: (size) => send({ kind: 'batch', size }),
  });
  const explanations = createExplanations({
    captioner,
    open: () => loadExplainer(prepared),
    turn: (work) => captions.between(work),
  });
  const embedText = gathered<string, TextEmbedding>((texts) => embedder.embedTexts(texts), { most: TEXT_BATCH });

  async function answer(call: InferenceCall, signal: AbortSignal): Promise<unknown> {
    switch (call.method) {
      case 'caption':
        return captions.load(call.argument, signal);
      case 'explain':
        return explanations.explain(call.argument, signal);
      case 'embedText':
        return embedText(call.argument);
      case 'embedImage':
        return embedder.embedImage(call.argument);
      default:
        throw new Error(`answer: expected a known method, got ${JSON.stringify(call satisfies never)}`);
    }
  }

  const running = new Map<number, AbortController>();
  process.on('message', (message: ToProcess) => {
    const { id } = message;
    if (message.method === 'cancel') {
      running.get(id)?.abort(new AppError('TIMEOUT', 'nobody waits for it any more'));
      return;
    }
    const controller = new AbortController();
    running.set(id, controller);
    answer(message, controller.signal)
      .then(
        (result) => send({ kind: 'result', id, result }),
        (error: unknown) => send({ kind: 'error', id, error: wireError(error) }),
      )
      .finally(() => running.delete(id));
  });
  send({ kind: 'ready', captioner: captioner.info, embedder: embedder.info });
}

function wireError(error: unknown): WireError {
  const { code, message, retryable } = inferenceError(error);
  return { code, message, retryable };
}

serve(JSON.parse(process.argv[2]!) as InferenceSettings).catch((error: unknown) => {
  send({ kind: 'refused', error: wireError(error) });
  process.exitCode = 1;
  process.disconnect();
});
