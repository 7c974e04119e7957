// A node environment whose typed arrays are the host's: onnxruntime-node's native side and structured clones
// create host arrays, and `instanceof Float32Array` would fail across Jest's realm.
import { TestEnvironment } from 'jest-environment-node';
import { heldModules } from './heldModules.js';
import './heldCode.js';

const SHARED = [
  'ArrayBuffer',
  'SharedArrayBuffer',
  'DataView',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
];

export default class HostTypedArrays extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of SHARED) this.global[name] = globalThis[name];
    this.global.failedTests = 0;
  }

  async setup() {
    await super.setup();
    await heldModules;
  }

  /** Counted for the file's own afterAll: a database is kept when one of its tests failed. */
  handleTestEvent({ name }) {
    if (name === 'test_fn_failure' || name === 'hook_failure') this.global.failedTests++;
  }
}
