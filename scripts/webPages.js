// Writes the HTML of the dashboard's pages, and all that it names in the forms in which it is sent, once vite has built dist/web:
// - the script that runs before everything else (web/src/first), which needs no other;
// - a page for each file in web/src/pages: what it looks like before any script (web/src/frame.tsx), and the scripts that it needs, to be
//   fetched at once; and the same for a demo;
// - all of it compressed as far as it goes, because it is compressed once and sent often.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';

const WEB = path.resolve('web');
const OUT = path.resolve('dist/web');
const common = { root: WEB, configFile: false, logLevel: 'warn', publicDir: false };
/** Directives for servers that render React: there is none. All is one file here. How long plugins take is no fault. */
const SAID = ['MODULE_LEVEL_DIRECTIVE', 'INEFFECTIVE_DYNAMIC_IMPORT', 'PLUGIN_TIMINGS'];
const onLog = (level, log, handle) => {
  if (!SAID.includes(log.code)) handle(level, log);
};

const first = await buildFirst();
const { PAGES, drawFrame } = await buildFrames();
const manifest = JSON.parse(await readFile(path.join(OUT, '.vite/manifest.json'), 'utf8'));
const shell = await readFile(path.join(OUT, 'index.html'), 'utf8');
await mkdir(path.join(OUT, 'pages'), { recursive: true });
for (const [name, address] of Object.entries(PAGES))
  for (const demo of [false, true]) {
    const file = path.join(OUT, 'pages', `${name}${demo ? '.demo' : ''}.html`);
    await writeFile(file, pageOf(name, { demo, frame: await drawFrame(address, { demo }) }));
  }
await rm(path.join(OUT, 'index.html'));
for (const folder of ['assets', 'pages'])
  for (const file of await readdir(path.join(OUT, folder))) await compress(path.join(OUT, folder, file));

/** The name of its file. A script that is no module: it runs where it stands. */
async function buildFirst() {
  const { output } = await build({
    ...common,
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: path.join(WEB, 'src/first/first.ts'), output: { format: 'iife' } },
    },
  });
  const { code } = output[0];
  const name = `first-${createHash('sha256').update(code).digest('base64url').slice(0, 8)}.js`;
  await writeFile(path.join(OUT, 'assets', name), code);
  return name;
}

async function buildFrames() {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotlens-frames-'));
  try {
    // All of it in one file: where it stands it finds neither packages nor, after the import, itself.
    await build({
      ...common,
      build: {
        ssr: path.join(WEB, 'src/frame.tsx'),
        outDir: folder,
        emptyOutDir: true,
        rolldownOptions: { onLog, output: { codeSplitting: false } },
      },
      ssr: { noExternal: true },
    });
    return await import(pathToFileURL(path.join(folder, 'frame.js')).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What vite has written, but for the scripts: the first one runs the others (web/src/first), which are fetched meanwhile, and after the sheet. */
function pageOf(name, { demo, frame }) {
  const scripts = new Set();
  collect(manifest['index.html'], scripts);
  collect(manifest[`src/pages/${name}.tsx`], scripts);
  const links = [...scripts].map(
    (file) => `    <link rel="modulepreload" crossorigin fetchpriority="low" href="/${file}">\n`,
  );
  return shell
    .replace(/ *<script type="module"[^>]*><\/script>\n| *<link rel="modulepreload"[^>]*>\n/g, '')
    .replace('<html ', demo ? '<html data-demo ' : '<html ')
    .replace('<link rel="icon"', `<script src="/assets/${first}"></script>\n    <link rel="icon"`)
    .replace('  </head>', `${links.join('')}  </head>`)
    .replace('<div id="root"></div>', `<div id="root">${frame}</div>`);
}

/** Its script, after those that it imports. */
function collect({ file, imports = [] }, found) {
  for (const each of imports) collect(manifest[each], found);
  found.add(file);
}

async function compress(file) {
  const bytes = await readFile(file);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}
