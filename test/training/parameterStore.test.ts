import { describe, expect, it } from '@jest/globals';
import { createGraph } from '../../src/onnx/graph.js';
import { createStore, tensorsOf, trainable } from '../../src/training/parameterStore.js';

const tensors = new Map([
  ['kernel', { shape: [2, 3, 2, 2], data: Float32Array.from({ length: 24 }, (_, i) => i) }],
  ['bias', { shape: [2], data: Float32Array.of(7, 8) }],
]);

describe('a parameter store', () => {
  it('holds copies of its tensors side by side, and gives views of them', () => {
    const store = createStore(tensors);
    expect(store.entries).toEqual([
      { name: 'kernel', shape: [2, 3, 2, 2], offset: 0, size: 24 },
      { name: 'bias', shape: [2], offset: 24, size: 2 },
    ]);
    expect(new Map(tensorsOf(store))).toEqual(tensors);
    store.values[24] = -1;
    expect(tensorsOf(store).get('bias')!.data[0]).toBe(-1);
    expect(tensors.get('bias')!.data[0]).toBe(7);
  });

  it('gives its tensors to a graph as inputs, under another shape of the same size too, and once', () => {
    const graph = createGraph('test');
    const parameters = trainable(createStore(tensors));
    const kernel = parameters.value(graph, 'kernel', [2, 12]);
    expect(parameters.value(graph, 'kernel', [2, 12])).toBe(kernel);
    expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([['kernel', [2, 12]]]);
    expect([parameters.has('bias'), parameters.has('other')]).toEqual([true, false]);
  });

  it('takes the rest from what is frozen, and says what is missing or does not fit', () => {
    const graph = createGraph('test');
    const frozen = trainable(createStore(new Map([['other', { shape: [1], data: Float32Array.of(1) }]])));
    const parameters = trainable(createStore(tensors), frozen);
    expect(parameters.value(graph, 'other', [1]).shape).toEqual([1]);
    expect(parameters.has('other')).toBe(true);
    expect(() => trainable(createStore(tensors)).value(graph, 'other', [1])).toThrow(
      'trainable: the parameter other is missing',
    );
    expect(() => parameters.value(graph, 'bias', [3])).toThrow('trainable: expected bias of shape [3], got [2]');
  });
});
