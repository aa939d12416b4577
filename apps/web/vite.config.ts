import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { build, defineConfig, type Plugin } from 'vite';

const entry = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Paths that belong to published web apps; everything else is the console. */
const sharePath = /^\/(chat|chatbot|completion|workflow|agent|form)\/[^/]+\/?$/;

/** The development server answers web-app addresses with their own page, as the real server does. */
function sharePages(): Plugin {
  return {
    name: 'trellis-share-pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        if (sharePath.test(path)) request.url = '/share.html';
        next();
      });
    },
  };
}

/**
 * Builds the script that other sites load into one plain file of a fixed name: it must not share chunks with the
 * pages, and leaves no names in the host's window.
 */
async function buildEmbedScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: entry('src/embed/main.ts'), formats: ['iife'], name: 'trellisEmbed' },
    },
  });
  const output = (Array.isArray(result) ? result : [result]).flatMap((part) =>
    'output' in part ? part.output : [],
  );
  const script = output.find((file) => file.type === 'chunk');
  if (!script) throw new Error('The embed script was not built.');
  return script.code;
}

function embedScript(): Plugin {
  return {
    name: 'trellis-embed-script',
    async generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'embed.min.js', source: await buildEmbedScript() });
    },
    configureServer(server) {
      server.middlewares.use('/embed.min.js', async (_request, response, next) => {
        try {
          response.setHeader('content-type', 'text/javascript; charset=utf-8');
          response.end(await buildEmbedScript());
        } catch (error) {
          next(error);
        }
      });
    },
  };
}

/** Where the API runs during development. */
const apiServer = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react(), tailwindcss(), sharePages(), embedScript()],
  server: {
    port: 5173,
    proxy: {
      '/console/api': apiServer,
      '/api': apiServer,
      '/v1': apiServer,
      '/files': apiServer,
    },
  },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // The content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { console: entry('index.html'), share: entry('share.html') },
      output: {
        // Few files on the first visit; what only some pages need stays with those pages.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            {
              name: 'router',
              test: /node_modules\/@tanstack\/(react-router|router-core|history|react-store|store)\//,
            },
            {
              name: 'base',
              test: /node_modules\/(@base-ui|@floating-ui|@tanstack\/(react-query|query-core)|i18next|react-i18next|zustand|use-sync-external-store)\//,
            },
            { name: 'ui', test: /src\/(ui|lib)\/|src\/i18n\/[^/]+\.ts$|src\/api\/(http|error)\.ts$/ },
            { name: 'icons', test: /node_modules\/lucide-react\//, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
