// A process of its own that tries one execution provider and prints what came out as a line of JSON: a GPU driver that
// crashes or hangs then costs this process alone. `node probeProvider.js PROVIDER DEVICE`, the device as it was asked for.
import { attentionFault } from './attentionTrial.js';
import { plainReason } from './plainReason.js';
import type { Device, Provider } from './session.js';
import { slowdown } from './speedTrial.js';

export type Verdict =
  | { readonly works: false; readonly reason: string }
  | { readonly works: true; readonly attention: 'fused' }
  | { readonly works: true; readonly attention: 'lowered'; readonly fault: string };

/**
 * What takes more than this many times as long as the CPU is not taken unasked: software that makes up a GPU, for which 100
 * and more were measured. A GPU that is about as fast as the CPU is taken: it leaves the cores to other work.
 */
const TOO_SLOW = 10;

const [provider, device] = process.argv.slice(2) as [Provider, Device];
const verdict = await judge().catch((error: unknown): Verdict => ({ works: false, reason: plainReason(error) }));
// On a line of its own: native code may have printed before.
process.stdout.write(`\n${JSON.stringify(verdict)}\n`);

async function judge(): Promise<Verdict> {
  if (device === 'auto') {
    const times = await slowdown(provider);
    if (times > TOO_SLOW) return { works: false, reason: `takes ${Math.round(times)} times as long as the CPU` };
  }
  const fault = await attentionFault(provider, 'fused');
  if (fault === undefined) return { works: true, attention: 'fused' };
  const lowered = await attentionFault(provider, 'lowered');
  if (lowered === undefined) return { works: true, attention: 'lowered', fault };
  return { works: false, reason: lowered === fault ? fault : `${fault}; in parts, ${lowered}` };
}
