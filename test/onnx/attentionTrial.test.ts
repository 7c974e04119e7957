import { describe, expect, it } from '@jest/globals';
import { attentionFault } from '../../src/onnx/attentionTrial.js';

describe('attentionFault', () => {
  it.each(['fused', 'lowered'] as const)('finds nothing wrong with %s attention on the CPU', async (attention) => {
    expect(await attentionFault('cpu', attention)).toBeUndefined();
  });

  it('says in one plain line why a provider does not start', async () => {
    // onnxruntime-node brings no OpenVINO; TypeScript knows only the providers that we offer.
    const fault = await attentionFault('openvino' as 'cuda', 'fused');
    expect(fault).toMatch(/^no available backend found/);
    expect(fault).not.toMatch(/trial:|onnxruntime_src|\n/);
  });
});
