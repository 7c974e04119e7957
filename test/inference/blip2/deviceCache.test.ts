// The cache that stays on a device, here on the CPU, where it says the same as the one that is kept apart. On WebGPU: test/inference/webgpu.test.ts.
import { expect, it } from '@jest/globals';
import { createBlip2Decoder } from '../../../src/inference/blip2/blip2Decoder.js';
import { decoderGraph } from '../../../src/inference/blip2/captionGraphs.js';
import { deviceNames, keepOnDevice } from '../../../src/inference/blip2/deviceCache.js';
import { readCheckpoint } from '../../../src/inference/captioner.js';
import { generate } from '../../../src/inference/generate/generate.js';
import { resolveGenerationSettings } from '../../../src/inference/generate/generationSettings.js';
import { createSession, type Session } from '../../../src/onnx/session.js';
import { randomOf } from '../../../src/training/scenes/random.js';

it.each([1, 4])(
  'says the same with %i beams, after prompts of several lengths, and holds nothing in the end',
  async (numBeams) => {
    const { base, config, configJson } = await readCheckpoint('test/fixtures/blip2-opt-tiny');
    const text = config.text!;
    const queries = config.numQueryTokens;
    const random = randomOf('device cache');
    const prompts = [[2], [2, 7, 9, 11], [2, 5]].map((ids) => [...Array<number>(queries).fill(0), ...ids]);
    const prefix = Float32Array.from(
      { length: prompts.length * queries * text.word_embed_proj_dim },
      () => random.next() - 0.5,
    );
    const settings = resolveGenerationSettings({ max_new_tokens: 12 }, configJson.text_config, { numBeams });
    const say = (session: Session) => {
      const decoder = createBlip2Decoder({ session, config: text, prefix, numQueries: queries, prompts });
      return generate(decoder, { prompts, settings });
    };

    const runtime = { provider: 'cpu', threads: 1 } as const;
    const apart = await createSession(decoderGraph(base, config), runtime);
    const session = await createSession(keepOnDevice(decoderGraph(base, config), text), runtime);
    const names = deviceNames(text.num_hidden_layers);
    let held = 0;
    const kept: Session = {
      ...session,
      onDevice: names,
      async run(feeds, fetches) {
        const results = await session.run(feeds, fetches);
        for (const name of names) {
          held += 1;
          const tensor = results[name]!;
          const dispose = tensor.dispose.bind(tensor);
          tensor.dispose = () => {
            held -= 1;
            dispose();
          };
        }
        return results;
      },
    };
    const expected = await say(apart);
    expect(expected.every(({ tokenIds }) => tokenIds.length > 1)).toBe(true);
    expect(await say(kept)).toEqual(expected);
    expect(held).toBe(0);
    await Promise.all([apart.dispose(), session.dispose()]);
  },
);
