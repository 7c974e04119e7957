// Where graphs run: the execution provider that works on this machine, and how many threads it may take.
// Providers are tried one by one (onnxruntime-node does not fall back inside a list), and a GPU's is tried in a process of
// its own: a broken driver then costs that process, and what native code prints does not reach the user's terminal.
import { execFile } from 'node:child_process';
import { entryPoint } from '../entryPoint.js';
import { AppError } from '../errors.js';
import type { Device, Provider, SessionOptions } from './session.js';

/** One execution provider that was tried, and why it was not taken. */
export interface ProviderAttempt {
  readonly provider: Provider;
  readonly chosen: boolean;
  readonly reason: string;
}

export interface Runtime extends SessionOptions {
  readonly attempts: readonly ProviderAttempt[];
}

const PROBE_TIMEOUT_MS = 60_000;
const attemptsByDevice = new Map<Device, Promise<ProviderAttempt[]>>();

/**
 * `auto` takes the first of cuda, webgpu and cpu that works; a named device has to work, or AppError CONFIG says why it
 * does not. Tried once a process.
 */
export async function chooseRuntime(options: { device?: Device; threads?: number }): Promise<Runtime> {
  const device = options.device ?? 'auto';
  const attempts = attemptsByDevice.get(device) ?? tryProviders(device);
  attemptsByDevice.set(device, attempts);
  const chosen = (await attempts).find((attempt) => attempt.chosen);
  if (chosen === undefined) {
    const reasons = (await attempts).map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
    throw new AppError('CONFIG', `--device ${device} does not work here (${reasons})`);
  }
  return { provider: chosen.provider, threads: options.threads ?? 0, attempts: await attempts };
}

async function tryProviders(device: Device): Promise<ProviderAttempt[]> {
  const candidates: readonly Provider[] = device === 'auto' ? ['cuda', 'webgpu', 'cpu'] : [device];
  const attempts: ProviderAttempt[] = [];
  for (const provider of candidates) {
    const refusal = provider === 'cpu' ? undefined : await probe(provider);
    if (refusal === undefined) {
      attempts.push({ provider, chosen: true, reason: device === 'auto' ? 'the first that works' : 'asked for' });
      return attempts;
    }
    attempts.push({ provider, chosen: false, reason: refusal });
  }
  return attempts;
}

/** Why a provider does not work here, or undefined where it does. */
function probe(provider: Provider): Promise<string | undefined> {
  return new Promise((resolve) => {
    const script = entryPoint('./probeProvider.js', import.meta.url);
    execFile(process.execPath, [script, provider], { timeout: PROBE_TIMEOUT_MS }, (error, stdout) => {
      if (error === null) resolve(undefined);
      else resolve(stdout.trim() || `the trial ended with ${error.signal ?? error.code}`);
    });
  });
}
