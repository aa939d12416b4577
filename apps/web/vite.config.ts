import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const entry = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Paths that belong to published web apps; everything else is the console. */
const sharePath = /^\/(chat|chatbot|completion|workflow|agent)\/[^/]+\/?$/;

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

/** Where the API runs during development. */
const apiServer = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react(), tailwindcss(), sharePages()],
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
