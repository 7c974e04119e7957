/** @type {import('jest').Config} */
export default {
  // Jest gives each test realm its own typed arrays; onnxruntime-node checks `instanceof Float32Array`.
  testEnvironment: './test/support/hostTypedArrays.js',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testSequencer: './test/support/longestFirst.js',
  reporters: ['default', './test/support/closingLine.js'],
  testTimeout: 120_000,
  // Two cores: each file may itself run onnxruntime with two threads and a database. A third one makes all of it an eighth shorter, but a
  // page's test failed once beside two others.
  maxWorkers: 2,
  // A worker that has run dozens of files is near 1 GB, with ONNX Runtime in it: to take it down takes longer than Jest's half second on a
  // machine that has other things to do, after its event loop has ended. What a test leaves open keeps a worker for ever, and is told of still.
  workerGracefulExitTimeout: 10_000,
};
