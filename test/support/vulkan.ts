// A GPU made up by software, for the tests of WebGPU: SwiftShader, which Chromium carries together with a Vulkan loader.
// It is taken from the folder HOTLENS_TEST_VULKAN, or from where Chromium and Chrome are usually installed.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from '@jest/globals';

const USUAL = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/usr/lib64/chromium-browser', '/opt/google/chrome'];
const DRIVER = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/**
 * Defines tests that need a Vulkan device. `env` lets a process find it; this one does not, so that other tests see the
 * machine as it is.
 */
export function describeVulkan(title: string, define: (env: Readonly<Record<string, string>>) => void): void {
  const given = process.env.HOTLENS_TEST_VULKAN || undefined;
  const folder = (given === undefined ? USUAL : [given]).find((each) =>
    [DRIVER, LOADER].every((file) => existsSync(path.join(each, file))),
  );
  if (folder !== undefined) {
    // The loader looks for a display's socket there, and complains where there is no such folder.
    const env = {
      VK_DRIVER_FILES: path.join(folder, DRIVER),
      LD_LIBRARY_PATH: folder,
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR || tmpdir(),
    };
    describe(`${title} [${folder}]`, () => define(env));
    return;
  }
  const wanted = given ?? 'Chromium or Chrome at a usual place, and HOTLENS_TEST_VULKAN is not set';
  describe.skip(`${title} [Vulkan: skipped, no ${DRIVER} with ${LOADER} in ${wanted}]`, () => define({}));
}
