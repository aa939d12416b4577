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
    chunkSizeWarningLimit: 900,
    rollupOptions: { input: { console: entry('index.html'), share: entry('share.html') } },
  },
});
