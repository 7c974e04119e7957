import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { withTransaction } from '../../src/db/withTransaction.js';
import { requestCaptions } from '../../src/jobs/requestCaptions.js';
import type { Worker } from '../../src/jobs/worker.js';
import { describeDatabases } from '../support/databases.js';
import { startTestServer, type TestServer } from '../support/graphqlClient.js';
import { killed } from '../support/testInference.js';
import { openTestServices, type TestServices } from '../support/testServices.js';
import { until } from '../support/until.js';

describeDatabases('captions over GraphQL', (open) => {
  let services: TestServices;
  let server: TestServer;
  let worker: Worker;

  beforeAll(async () => {
    services = await openTestServices(open());
    server = await startTestServer(services);
    worker = await services.startWorker();
  });
  afterEach(async () => {
    services.testInference.onCaption = () => undefined;
    await open().pool.query(
      `TRUNCATE posts, images, hotspots, detection_state CASCADE; DELETE FROM pgboss.job WHERE state <> 'active'`,
    );
  });
  afterAll(async () => {
    await server?.close();
    await worker?.stop(1000);
    await services?.close();
  });

  async function request(sha256s: readonly string[]): Promise<void> {
    const { queue, db } = services;
    await withTransaction(db.pool, (client) => requestCaptions({ client, queue }, sha256s, { plan: services.plan()! }));
    queue.wake('caption');
  }

  interface Shown {
    readonly image: {
      readonly caption: { text: string; modelText: string; edited: boolean; prompt: string } | null;
      readonly captions: readonly { text: string | null; status: string; error: string | null; attempts: number }[];
    };
  }

  async function shown(sha256: string): Promise<Shown['image']> {
    const query =
      '{ image(sha256: "X") { caption { text modelText edited prompt } captions { text status error attempts } } }';
    return (await server.data<Shown>(query.replace('X', sha256))).image;
  }

  async function captioned(bytes: string): Promise<string> {
    await services.addPost({ images: [bytes], source: 'bluesky', author: 'ben' });
    const sha256 = await services.addImage(bytes);
    await request([sha256]);
    await until('the caption', async () => (await shown(sha256)).caption);
    return sha256;
  }

  it('reach a subscriber over a real socket when they are completed, and only those that he asked for', async () => {
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    });
    const query = (filter: string) =>
      `subscription { captionCompleted${filter} { caption { text } image { sha256 } posts { author } } }`;
    const mine = client.iterate({ query: query('(source: "bluesky", author: "ben")') });
    const others = client.iterate({ query: query('(author: "nobody")') });
    const next = mine.next();
    let foreign = false;
    void others.next().then(({ done }) => {
      foreign = done !== true;
    });
    // Nothing tells a client when the server has begun to listen: pictures are captioned until one is told of.
    let answer: unknown;
    void next.then(({ value }) => {
      answer = value;
    });
    let count = 0;
    await until('an event', async () => {
      if (answer === undefined) await captioned(`seen ${count++}`);
      return answer;
    });
    const { data } = answer as {
      data: { captionCompleted: { caption: { text: string }; image: { sha256: string }; posts: unknown[] } };
    };
    expect(data.captionCompleted.posts).toEqual([{ author: 'ben' }]);
    expect(data.captionCompleted.caption.text).toBe((await shown(data.captionCompleted.image.sha256)).caption!.text);
    await mine.return?.();
    expect(foreign).toBe(false);
    await client.dispose();
  });

  it('show a person’s edit, keep it when the image is captioned anew, and show the model’s words when it is taken back', async () => {
    const sha256 = await captioned('to edit');
    const { modelText } = (await shown(sha256)).caption!;
    const edit = (text: string | null) =>
      server.data(
        'mutation ($sha256: String!, $text: String) { editCaption(sha256: $sha256, text: $text) { sha256 } }',
        { sha256, text },
      );
    await edit(' my words ');
    expect((await shown(sha256)).caption).toMatchObject({ text: 'my words', modelText, edited: true });
    await until('the edit embedded', () => services.testInference.embedded.includes('my words'));

    const recaption = `mutation ($sha256: String!) { recaption(input: { sha256s: [$sha256] }, options: { prompt: "a photo of " }) { images queued } }`;
    expect(await server.data(recaption, { sha256 })).toEqual({ recaption: { images: 1, queued: 1 } });
    const again = await until('the new caption', async () => {
      const image = await shown(sha256);
      // The history and the current caption are read one after the other: it may be made in between.
      return image.caption?.prompt === 'a photo of ' && image.captions[0]!.text !== null ? image : undefined;
    });
    expect(again.caption).toMatchObject({ text: 'my words', modelText: `a photo of ${modelText}`, edited: true });
    expect(again.captions.map(({ text }) => text)).toEqual([`a photo of ${modelText}`, modelText]);

    await edit(null);
    expect((await shown(sha256)).caption).toMatchObject({ text: `a photo of ${modelText}`, edited: false });
  });

  it('are not made twice when asked for twice: the older of the same options becomes current again', async () => {
    const sha256 = await captioned('twice');
    const { modelText } = (await shown(sha256)).caption!;
    const recaption = (options: string) =>
      server.data(`mutation { recaption(input: { filter: {} }${options}) { images queued } }`);
    await recaption(', options: { prompt: "p " }');
    await until('the new caption', async () => (await shown(sha256)).caption?.prompt === 'p ');
    expect(await recaption('')).toEqual({ recaption: { images: 1, queued: 0 } });
    expect((await shown(sha256)).caption).toMatchObject({ modelText, prompt: '' });
    expect(services.testInference.answered.get(modelText)).toBe(1);
  });

  it('that were given up are failed with the reason, are in `queue`, and can be asked for again', async () => {
    services.testInference.onCaption = () => {
      throw killed();
    };
    const sha256 = await services.addImage('crashes');
    await request([sha256]);
    await until('the failure', async () => (await shown(sha256)).captions[0]?.status === 'FAILED');
    expect((await shown(sha256)).captions).toEqual([
      { text: null, status: 'FAILED', error: 'killed the inference process 3 times', attempts: 1 },
    ]);
    interface QueueAnswer {
      readonly queue: {
        counts: { name: string; dead: number }[];
        deadLetters: { queue: string; reason: string; attempts: number }[];
      };
    }
    const query = '{ queue { counts { name dead } deadLetters { queue reason attempts } } }';
    const { queue } = await server.data<QueueAnswer>(query);
    expect(queue.deadLetters).toEqual([
      { queue: 'caption', reason: 'killed the inference process 3 times', attempts: 1 },
    ]);
    expect(queue.counts.find(({ name }) => name === 'caption')).toEqual({ name: 'caption', dead: 1 });

    services.testInference.onCaption = () => undefined;
    const recaption = 'mutation ($sha256: String!) { recaption(input: { sha256s: [$sha256] }) { queued } }';
    expect(await server.data(recaption, { sha256 })).toEqual({ recaption: { queued: 1 } });
    await until('the caption', async () => (await shown(sha256)).caption);
    expect((await server.data<QueueAnswer>(query)).queue.deadLetters).toEqual([]);
  });

  it('are previewed without being stored, and only from one picture', async () => {
    const mutation =
      'mutation ($image: ImageInput!) { previewCaption(image: $image, options: { prompt: "x " }) { text tokenIds logProb confidence modelDigest } }';
    const { previewCaption } = await server.data<{ previewCaption: { text: string } }>(mutation, {
      image: { base64: Buffer.from('bytes').toString('base64') },
    });
    expect(previewCaption).toMatchObject({
      text: expect.stringMatching(/^x picture /),
      tokenIds: [5, 6, 2],
      modelDigest: 'test-model',
    });
    expect((await open().pool.query('SELECT FROM captions')).rowCount).toBe(0);
    const { errors } = await server.ask(mutation, { image: {} });
    expect(errors).toMatchObject([
      { message: 'image: give exactly one of base64 and url', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    const empty = await server.ask(mutation, { image: { base64: '' } });
    expect(empty.errors).toMatchObject([{ message: 'image: base64 is empty', extensions: { code: 'BAD_USER_INPUT' } }]);
    const bounds = await server.ask(mutation.replace('prompt: "x "', 'repetitionPenalty: 0'), {
      image: { base64: 'AAAA' },
    });
    expect(bounds.errors).toMatchObject([{ message: 'repetitionPenalty: expected above 0, to 100, got 0' }]);
    const refused = await server.ask(mutation, { image: { url: 'http://127.0.0.1/x.png' } });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'MEDIA_REFUSED' } }]);
  });

  it('name their model, with counts that no 32-bit integer holds', async () => {
    expect(
      await server.data(
        '{ model { captioner { name digest parameters providers { provider chosen reason } } embedder { dimension } restarts } }',
      ),
    ).toEqual({
      model: {
        captioner: {
          name: 'test-captioner',
          digest: 'test-model',
          parameters: 3_000_000_000,
          providers: [{ provider: 'cpu', chosen: true, reason: 'test' }],
        },
        embedder: { dimension: 8 },
        restarts: 0,
      },
    });
  });
});
