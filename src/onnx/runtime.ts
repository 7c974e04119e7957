// Where graphs run: the execution provider that works on this machine, and how many threads it may take.
// Providers are tried one by one (onnxruntime-node does not fall back inside a list), and a GPU's is tried in a process of
// its own: a broken driver then costs that process, and what native code prints does not reach the user's terminal.
import { execFile } from 'node:child_process';
import { entryPoint } from '../entryPoint.js';
import { AppError } from '../errors.js';
import type { Verdict } from './probeProvider.js';
import type { AttentionForm, Device, Provider, SessionOptions } from './session.js';

/** One execution provider that was tried, and why it was not taken. */
export interface ProviderAttempt {
  readonly provider: Provider;
  readonly chosen: boolean;
  readonly reason: string;
}

export interface Runtime extends SessionOptions {
  readonly attempts: readonly ProviderAttempt[];
}

interface Trial {
  readonly attempts: readonly ProviderAttempt[];
  readonly attention: AttentionForm;
}

/** For a driver that hangs. A GPU made up by software compiles for 5 s of a core that may have other work. */
const PROBE_TIMEOUT_MS = 120_000;
const trialsByDevice = new Map<Device, Promise<Trial>>();

/**
 * `auto` takes the first of cuda, webgpu and cpu that works and is not far slower than the CPU; a named device has to
 * work, or AppError CONFIG says why it does not. Tried once a process.
 */
export async function chooseRuntime(options: { device?: Device; threads?: number }): Promise<Runtime> {
  const device = options.device ?? 'auto';
  const trial = trialsByDevice.get(device) ?? tryProviders(device);
  trialsByDevice.set(device, trial);
  const { attempts, attention } = await trial;
  const chosen = attempts.find((attempt) => attempt.chosen);
  if (chosen === undefined) {
    const reasons = attempts.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
    throw new AppError('CONFIG', `--device ${device} does not work here (${reasons})`);
  }
  return { provider: chosen.provider, attention, threads: options.threads ?? 0, attempts };
}

async function tryProviders(device: Device): Promise<Trial> {
  const candidates: readonly Provider[] = device === 'auto' ? ['cuda', 'webgpu', 'cpu'] : [device];
  const asked = device === 'auto' ? 'the first that works' : 'asked for';
  const attempts: ProviderAttempt[] = [];
  for (const provider of candidates) {
    const verdict: Verdict = provider === 'cpu' ? { works: true, attention: 'fused' } : await probe(provider, device);
    if (verdict.works) {
      const lowered = verdict.attention === 'lowered' ? `; with attention in parts, as its own ${verdict.fault}` : '';
      attempts.push({ provider, chosen: true, reason: asked + lowered });
      return { attempts, attention: verdict.attention };
    }
    attempts.push({ provider, chosen: false, reason: verdict.reason });
  }
  return { attempts, attention: 'fused' };
}

/** What a provider is like here, as a process of its own finds out. */
function probe(provider: Provider, device: Device): Promise<Verdict> {
  return new Promise((resolve) => {
    const script = entryPoint('./probeProvider.js', import.meta.url);
    execFile(process.execPath, [script, provider, device], { timeout: PROBE_TIMEOUT_MS }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout.trim().split('\n').at(-1)!) as Verdict);
      else resolve({ works: false, reason: `the trial ended with ${error.signal ?? error.code}` });
    });
  });
}
