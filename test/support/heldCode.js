// Compiled code of modules, held for as long as this process runs. Jest gives each test file a realm of its own and loads a thousand modules
// anew in it, from their sources: of a short file's CPU time a sixth went into reading those. V8 takes what it made of one the first time
// when it is handed over beside the same source.
import { createRequire } from 'node:module';

// The object that Jest reads both from at each use.
const vm = createRequire(import.meta.url)('node:vm');
const { SourceTextModule, compileFunction } = vm;

/** By file. V8 itself would take it for any source of the same length. */
const held = new Map();

/** Node finds the callback for `import()` by a mark in the compiled code: it would be that of the realm that came first. */
const mayBeHeld = (source) => !source.includes('import(');

function heldOf(file, source) {
  const one = held.get(file);
  return one?.source === source ? one.cachedData : undefined;
}

vm.SourceTextModule = function HeldModule(source, options) {
  if (!mayBeHeld(source)) return new SourceTextModule(source, options);
  const cachedData = heldOf(options.identifier, source);
  if (cachedData !== undefined) {
    try {
      return new SourceTextModule(source, { ...options, cachedData });
    } catch (error) {
      // Made under other flags of V8.
      if (error.code !== 'ERR_VM_MODULE_CACHED_DATA_REJECTED') throw error;
    }
  }
  const module = new SourceTextModule(source, options);
  held.set(options.identifier, { source, cachedData: module.createCachedData() });
  return module;
};
vm.SourceTextModule.prototype = SourceTextModule.prototype;

vm.compileFunction = (source, parameters, options) => {
  if (!mayBeHeld(source)) return compileFunction(source, parameters, options);
  const cachedData = heldOf(options.filename, source);
  const produceCachedData = cachedData === undefined;
  const compiled = compileFunction(source, parameters, { ...options, cachedData, produceCachedData });
  if (produceCachedData) held.set(options.filename, { source, cachedData: compiled.cachedData });
  return compiled;
};
