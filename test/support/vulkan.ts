// A GPU made up by software, for the tests of WebGPU: SwiftShader, which Chromium carries together with a Vulkan loader.
// It is taken from the folder HOTLENS_TEST_VULKAN, or from where Chromium and Chrome are usually installed; the loader may be
// the system's.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from '@jest/globals';

const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/usr/lib64/chromium-browser', '/opt/google/chrome'];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
const DRIVER = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/**
 * Defines tests that need a Vulkan device. `env` lets a process find it; this one does not, so that other tests see the
 * machine as it is.
 */
export function describeVulkan(title: string, define: (env: Readonly<Record<string, string>>) => void): void {
  const given = process.env.HOTLENS_TEST_VULKAN || undefined;
  const folder = folderOf(DRIVER, given === undefined ? FOLDERS : [given]);
  const loader = folder && folderOf(LOADER, [folder, ...LIBRARIES]);
  if (folder !== undefined && loader !== undefined) {
    // The loader looks for a display's socket in the last one, and complains where there is no such folder.
    const env = {
      VK_DRIVER_FILES: path.join(folder, DRIVER),
      LD_LIBRARY_PATH: loader,
      XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR || tmpdir(),
    };
    describe(`${title} [${folder}]`, () => define(env));
    return;
  }
  const place = given ?? 'the usual places of Chromium and Chrome, and HOTLENS_TEST_VULKAN is not set';
  const missing = folder === undefined ? `${DRIVER} in ${place}` : LOADER;
  describe.skip(`${title} [Vulkan: skipped, no ${missing}]`, () => define({}));
}

function folderOf(file: string, folders: readonly string[]): string | undefined {
  return folders.find((folder) => existsSync(path.join(folder, file)));
}
