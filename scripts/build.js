// Builds dist/: Prisma client, then tsc, then the archives of new databases, then, without --server, the dashboard.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** Runs one node script of the build and ends the build where it fails. */
function step(script, args = []) {
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

step(new URL('./prismaGenerate.js', import.meta.url).pathname);
step(path.join(path.dirname(require.resolve('typescript/package.json')), 'bin/tsc'), ['-p', 'tsconfig.json']);
step(new URL('./newDatabase.js', import.meta.url).pathname);
// What writes schema.graphql anew comes before what is checked against it.
if (!process.argv.includes('--server')) {
  step(new URL('./webDocuments.js', import.meta.url).pathname);
  step(path.join(path.dirname(require.resolve('vite/package.json')), 'bin/vite.js'), [
    'build',
    '--config',
    'web/vite.config.ts',
    '--logLevel',
    'warn',
  ]);
  step(new URL('./webPages.js', import.meta.url).pathname);
}
chmodSync('dist/main.js', 0o755);

// npx looks a checkout's own command up in node_modules/.bin, where npm links only those of dependencies.
if (process.platform !== 'win32' && existsSync('node_modules')) {
  mkdirSync('node_modules/.bin', { recursive: true });
  rmSync('node_modules/.bin/hotlens', { force: true });
  symlinkSync('../../dist/main.js', 'node_modules/.bin/hotlens');
}
