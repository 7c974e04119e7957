import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCocoCaptions } from '../../../src/training/data/coco.js';

let folder: string;
let images: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotlens-coco-'));
  images = path.join(folder, 'images');
  await mkdir(path.join(images, 'val2014'), { recursive: true });
  for (const name of ['a.jpg', 'b.jpg', 'val2014/c.jpg']) await writeFile(path.join(images, name), '');
  await writeFile(path.join(folder, 'secret.jpg'), '');
  await symlink(path.join(folder, 'secret.jpg'), path.join(images, 'link.jpg'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(content: unknown): Promise<string> {
  const file = path.join(folder, 'annotations.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('readCocoCaptions', () => {
  it('reads COCO captions in the order of the images', async () => {
    const file = await written({
      images: [
        { id: 9, file_name: 'b.jpg' },
        { id: 'x', file_name: 'a.jpg' },
      ],
      annotations: [
        { id: 1, image_id: 'x', caption: ' one\n\t more ' },
        { id: 2, image_id: 9, caption: 'two' },
        { id: 3, image_id: 'x', caption: 'three' },
      ],
    });
    expect(await readCocoCaptions(file, images)).toEqual({
      images: [
        { id: 9, file: path.join(images, 'b.jpg'), captions: ['two'] },
        { id: 'x', file: path.join(images, 'a.jpg'), captions: ['one more', 'three'] },
      ],
      rejected: [],
    });
  });

  it('leaves out what cannot be used, says where and why, and keeps the rest', async () => {
    const file = await written({
      images: [
        { id: 1, file_name: 'a.jpg' },
        { id: 1, file_name: 'b.jpg' },
        { file_name: 'b.jpg' },
        { id: 2, file_name: 7 },
        'nonsense',
        { id: 3, file_name: 'none.jpg' },
        { id: 4, file_name: '../secret.jpg' },
        { id: 5, file_name: 'link.jpg' },
        { id: 6, file_name: 'b.jpg' },
      ],
      annotations: [
        { image_id: 1, caption: 'fine' },
        { image_id: 1, caption: ' ' },
        { image_id: 1 },
        { image_id: 2, caption: 'of no usable image' },
        null,
        ...[3, 4, 5].map((id) => ({ image_id: id, caption: 'c' })),
      ],
    });
    const read = await readCocoCaptions(file, images);
    expect(read.images).toEqual([{ id: 1, file: path.join(images, 'a.jpg'), captions: ['fine'] }]);
    expect(read.rejected).toEqual([
      { where: 'images[1]', reason: 'image 1 is there twice' },
      { where: 'images[2]', reason: 'expected "id" to be a number or a text, got nothing' },
      { where: 'images[3]', reason: 'expected "file_name" to be a text, got 7' },
      { where: 'images[4]', reason: 'expected "id" to be a number or a text, got nothing' },
      { where: 'annotations[1]', reason: 'expected "caption" to be a text, got " "' },
      { where: 'annotations[2]', reason: 'expected "caption" to be a text, got nothing' },
      { where: 'annotations[3]', reason: 'there is no usable image 2' },
      { where: 'annotations[4]', reason: 'expected "image_id" to be a number or a text, got nothing' },
      { where: 'images[5]', reason: `there is no file none.jpg under ${images}` },
      { where: 'images[6]', reason: `there is no file ../secret.jpg under ${images}` },
      { where: 'images[7]', reason: `there is no file link.jpg under ${images}` },
      { where: 'images[8]', reason: 'image 6 has no caption' },
    ]);
  });

  // The fields of dataset_coco.json as A. Karpathy published it: filepath, sentids, filename, imgid, split, sentences, cocoid.
  const KARPATHY = {
    dataset: 'coco',
    images: [
      {
        filepath: 'val2014',
        sentids: [1, 2],
        filename: 'c.jpg',
        imgid: 0,
        split: 'restval',
        sentences: [
          { tokens: ['a', 'c'], raw: 'A c.', imgid: 0, sentid: 1 },
          { tokens: [], raw: '', imgid: 0, sentid: 2 },
        ],
        cocoid: 77,
      },
      { filename: 'a.jpg', imgid: 1, split: 'test', sentences: [{ raw: 'An a.' }] },
      { filename: 'b.jpg', imgid: 2, split: 'val' },
    ],
  };

  it("reads Karpathy's splits, by COCO's ids where there are any", async () => {
    const file = await written(KARPATHY);
    expect(await readCocoCaptions(file, images)).toEqual({
      images: [
        { id: 77, file: path.join(images, 'val2014', 'c.jpg'), captions: ['A c.'], split: 'restval' },
        { id: 1, file: path.join(images, 'a.jpg'), captions: ['An a.'], split: 'test' },
      ],
      rejected: [
        { where: 'images[0].sentences[1]', reason: 'expected "raw" to be a text, got ""' },
        { where: 'images[2]', reason: 'expected "sentences" to be a list, got nothing' },
      ],
    });
    const training = await readCocoCaptions(file, images, { splits: ['train', 'restval'] });
    expect(training.images.map(({ id }) => id)).toEqual([77]);
  });

  it.each([
    ['nonsense', /annotations\.json: is not JSON: /],
    [[], /annotations\.json: has no list of "images"$/],
    [{ images: [] }, /has neither a list of "annotations" \(COCO\) nor "sentences" in its images \(Karpathy\)$/],
  ])('says what is wrong with a file like %j', async (content, message) => {
    await expect(readCocoCaptions(await written(content), images)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(message),
    });
  });

  it('says that a file, a folder or a split is not there', async () => {
    const file = await written({ images: [{ id: 1, file_name: 'a.jpg' }], annotations: [] });
    for (const [read, message] of [
      [() => readCocoCaptions(path.join(folder, 'no.json'), images), /no\.json: cannot be read: no such file$/],
      [() => readCocoCaptions(file, path.join(folder, 'no')), /no: cannot be read: no such file$/],
      [() => readCocoCaptions(file, images, { splits: ['val'] }), /its images have no "split" to choose val by$/],
    ] as const) {
      await expect(read()).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringMatching(message) });
    }
  });
});
