// The models: whether they are there and whole, whether they fit, where they would run, and one caption for a trial.
import { existsSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';
import { type Config, PACKAGE_ROOT } from '../config.js';
import { AppError, messageOf } from '../errors.js';
import { prepareCaptioner } from '../inference/captioner.js';
import { prepareEmbedder } from '../inference/embedding/embedderFiles.js';
import { startInference } from '../inference/inferenceClient.js';
import { chooseRuntime } from '../onnx/runtime.js';
import type { Provider } from '../onnx/session.js';
import { inWords } from './checkDataDir.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** Float32, and what onnxruntime needs besides: 12.7 GB were measured for 2,758,809,600 parameters (bench/results.md). */
const BYTES_PER_PARAMETER = 4 * 1.15;
/** Node, onnxruntime and the pictures of a batch. */
const REST = 400e6;
const TRIAL_PICTURE = path.join(PACKAGE_ROOT, 'samples/images/cat-tree.jpg');

export async function* checkModels(config: Config, { trial }: { readonly trial: boolean }): AsyncGenerator<Finding> {
  const { modelDir, embedderDir, ecma, device } = config.inference;
  const captioner = await opened('captioner', 'HOTLENS_MODEL', async () => {
    // Where it would run is looked at below.
    const { files } = await prepareCaptioner(modelDir, { ecma, device: 'cpu' });
    const { digest, base, adapter, config: model } = files;
    const ecmaShown =
      adapter === undefined ? `no ECMA${ecma ? '' : ' (HOTLENS_ECMA=off)'}` : `ECMA ${adapter.digest.slice(0, 12)}`;
    return {
      parameters: base.parameterCount + (adapter?.parameterCount ?? 0),
      shown: `${modelDir}: ${model.architecture}, ${count(base.parameterCount)} parameters, digest ${digest.slice(0, 12)}, ${ecmaShown}`,
    };
  });
  yield captioner.finding;
  const embedder = await opened('embedder', 'HOTLENS_EMBEDDER', async () => {
    const { weights, digest } = await prepareEmbedder(embedderDir);
    return {
      parameters: weights.parameterCount,
      shown: `${embedderDir}: ${count(weights.parameterCount)} parameters, digest ${digest.slice(0, 12)}`,
    };
  });
  yield embedder.finding;
  const memory = checkMemory(captioner.parameters + embedder.parameters);
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
  open: () => Promise<{ readonly parameters: number; readonly shown: string }>,
): Promise<{ readonly finding: Finding; readonly parameters: number }> {
  try {
    const { parameters, shown } = await open();
    return { finding: ok(check, shown), parameters };
  } catch (error) {
    const next = `let ${variable} name a whole model directory, or unset it for the one that ships`;
    return { finding: failed(check, messageOf(error), next), parameters: 0 };
  }
}

function checkMemory(parameters: number): Finding {
  const need = parameters * BYTES_PER_PARAMETER + REST;
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const free = Math.min(freemem(), limit);
  const shown = `the models need about ${inWords(need)}, ${inWords(free)} are free`;
  if (need <= free) return ok('memory', shown);
  return warning('memory', shown, 'free some, or take a smaller model: a process that runs out of memory is ended');
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
