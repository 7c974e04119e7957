// The dashboard: built into dist/web, which the API serves (src/server/serveDashboard.ts).
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  // Nothing but modules and their styles: the policy that the server sends allows no inline script and no foreign host.
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One sheet, which every page links: what is drawn before any script (src/frame.tsx) has its looks at once.
    cssCodeSplit: false,
    manifest: true,
    // What matters is what is sent: bench/ measures the compressed first load.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      // What more than one page uses is one file: over a slow network a request costs as much as thirty kilobytes.
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
      // Directives for servers that render React: there is none. On a busy machine plugins take long, which is no fault of the build.
      onLog(level, log, handle) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE' && log.code !== 'PLUGIN_TIMINGS') handle(level, log);
      },
    },
  },
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '/media': 'http://127.0.0.1:4000',
      '/session': 'http://127.0.0.1:4000',
    },
  },
});
