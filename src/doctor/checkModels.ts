// The models: whether they are there and whole, whether they fit, where they would run, and one caption for a trial.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Config, PACKAGE_ROOT } from '../config.js';
import { AppError, messageOf } from '../errors.js';
import { prepareCaptioner } from '../inference/captioner.js';
import { prepareEmbedder } from '../inference/embedding/embedderFiles.js';
import { startInference } from '../inference/inferenceClient.js';
import { memoryNeed, wholeBytes } from '../inference/memoryNeed.js';
import { inWords } from '../inWords.js';
import { chooseRuntime } from '../onnx/runtime.js';
import type { Provider } from '../onnx/session.js';
import { type Finding, failed, ok, warning } from './finding.js';

const TRIAL_PICTURE = path.join(PACKAGE_ROOT, 'samples/images/cat-tree.jpg');

export async function* checkModels(config: Config, { trial }: { readonly trial: boolean }): AsyncGenerator<Finding> {
  const { modelDir, embedderDir, ecma, device, quantize } = config.inference;
  const captioner = await opened('captioner', 'HOTLENS_MODEL', async () => {
    // Where it would run is looked at below.
    const { files, made } = await prepareCaptioner(modelDir, { ecma, quantize, device: 'cpu' });
    const { digest, base, adapter, config: model } = files;
    const ecmaShown =
      adapter === undefined ? `no ECMA${ecma ? '' : ' (HOTLENS_ECMA=off)'}` : `ECMA ${adapter.digest.slice(0, 12)}`;
    return {
      bytes: memoryNeed(files, made.quantize),
      shown: `${modelDir}: ${model.architecture}, ${count(base.parameterCount)} parameters${made.quantize === undefined ? '' : ` in ${made.quantize}`}, digest ${digest.slice(0, 12)}, ${ecmaShown}`,
    };
  });
  yield captioner.finding;
  const embedder = await opened('embedder', 'HOTLENS_EMBEDDER', async () => {
    const { weights, digest } = await prepareEmbedder(embedderDir);
    return {
      bytes: wholeBytes(weights.parameterCount),
      shown: `${embedderDir}: ${count(weights.parameterCount)} parameters, digest ${digest.slice(0, 12)}`,
    };
  });
  yield embedder.finding;
  const memory = checkMemory(captioner.bytes + embedder.bytes);
  yield memory;
  const providers = await checkProviders(device);
  yield providers.finding;
  if (!trial) return;
  const able = [captioner.finding, embedder.finding, providers.finding].every(({ status }) => status !== 'failed');
  if (!able || memory.status !== 'ok')
    yield warning('trial caption', 'not tried: see above', 'put right what is above, and ask again');
  else yield await tryCaption(config, providers.provider!);
}

async function opened(
  check: string,
  variable: string,
  open: () => Promise<{ readonly bytes: number; readonly shown: string }>,
): Promise<{ readonly finding: Finding; readonly bytes: number }> {
  try {
    const { bytes, shown } = await open();
    return { finding: ok(check, shown), bytes };
  } catch (error) {
    const next = `let ${variable} name a whole model directory, or unset it for the one that ships`;
    return { finding: failed(check, messageOf(error), next), bytes: 0 };
  }
}

function checkMemory(need: number): Finding {
  const free = process.availableMemory();
  const shown = `the models need about ${inWords(need)}, ${inWords(free)} are free`;
  if (need <= free) return ok('memory', shown);
  return warning(
    'memory',
    shown,
    'free some, take a smaller model, or its weights in fewer bits (hotlens model import --quantize)',
  );
}

async function checkProviders(
  device: Config['inference']['device'],
): Promise<{ readonly finding: Finding; readonly provider?: Provider }> {
  try {
    const { attempts, provider } = await chooseRuntime({ device });
    const shown = attempts.map(({ provider: name, chosen, reason }) => `${name}${chosen ? '' : ' not'}: ${reason}`);
    return { finding: ok('execution provider', shown.reverse().join('; ')), provider };
  } catch (error) {
    const next = 'install what is missing (docs/operations.md), or set HOTLENS_DEVICE to auto or cpu';
    return { finding: failed('execution provider', messageOf(error), next) };
  }
}

/** As the server does it: in a process of its own, with the configuration's options. */
async function tryCaption(config: Config, device: Provider): Promise<Finding> {
  const check = 'trial caption';
  if (!existsSync(TRIAL_PICTURE))
    return warning(check, `no picture at ${TRIAL_PICTURE}`, 'hotlens caption PICTURE tries one of yours');
  const started = performance.now();
  try {
    const inference = await startInference({
      ...config.inference,
      device,
      maxPixels: config.media.maxPixels,
      decodeMs: config.media.decodeMs,
    });
    try {
      const loaded = performance.now();
      const { caption } = await inference.caption({ image: { path: TRIAL_PICTURE }, options: config.captioning });
      const seconds = (ms: number) => (ms / 1000).toFixed(1);
      return ok(
        check,
        `${JSON.stringify(caption)}, ${seconds(performance.now() - loaded)} s, after ${seconds(loaded - started)} s for the models`,
      );
    } finally {
      await inference.close();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failed(
      check,
      error.message,
      'hotlens caption --help lists what can be changed; HOTLENS_LOG_LEVEL=debug tells more',
    );
  }
}

function count(parameters: number): string {
  return parameters.toLocaleString('en');
}
