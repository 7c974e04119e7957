import { afterAll, describe, expect, it } from '@jest/globals';
import { endAllHotlens, runHotlens } from '../support/runHotlens.js';

afterAll(endAllHotlens);

describe('the command line', () => {
  // Messages as commander words them; exit status 2 is the contract of every command.
  it.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['ingst', 'x'], "unknown command 'ingst' (Did you mean ingest?)"],
    [['caption'], "missing required argument 'image'"],
    [['caption', 'x', '--num-beams'], "option '--num-beams <n>' argument missing"],
    [['model', 'info', 'x', '--nope'], "unknown option '--nope'"],
    [['model', 'info', 'x\u001b[2J', 'y'], "too many arguments for 'info'. Expected 1 argument but got 2."],
  ])('answers %j with one line that says what to do next, and 2', async (args, message) => {
    const { ended, stdout, stderr } = runHotlens(args);
    expect(await ended).toBe(2);
    expect(stderr()).toBe(`hotlens: ${message} (--help shows how)\n`);
    expect(stdout()).toBe('');
  });

  it('names an option of caption that does not fit the model as it was typed, once, and answers 2', async () => {
    const picture = 'test/fixtures/blip2-opt-tiny/image0.png';
    const { ended, stdout, stderr } = runHotlens(['caption', picture, picture, '--max-new-tokens', '100000']);
    expect(await ended).toBe(2);
    // The checkpoint has 128 positions: max_position_embeddings in its config.json.
    expect(stderr()).toMatch(/^hotlens: --max-new-tokens: expected at most \d+ \(the model has 128 positions.*\n$/);
    expect(stdout()).toBe('');
  });

  it('says why a picture cannot be captioned, under a name that cannot steer the terminal, and goes on', async () => {
    const picture = 'test/fixtures/blip2-opt-tiny/image0.png';
    const { ended, stdout, stderr } = runHotlens(['caption', 'no\u001b[2J\nfile.png', picture, 'test']);
    expect(await ended).toBe(1);
    expect(stderr()).toBe(
      'no\\u{1b}[2J\\u{a}file.png: cannot read the picture: no such file\ntest: the folder holds no pictures\n',
    );
    expect(stdout()).toMatch(/^test\/fixtures\/blip2-opt-tiny\/image0\.png: .+\n$/);
  });
});
