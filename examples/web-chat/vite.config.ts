import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

const gateway = process.env['GATEWAY_URL'] ?? 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react()],
  // Works below any path, `/demo/` for instance.
  base: './',
  // The client helper is linked from this repository; with these two its source is taken as it is, unbuilt. With the published package neither is needed.
  resolve: { conditions: ['source', ...defaultClientConditions], preserveSymlinks: true },
  build: {
    rollupOptions: {
      input: { index: 'index.html', 'widget-chat': 'src/widget/chat.tsx' },
      // `widget.js` loads it by this name.
      output: { entryFileNames: ({ name }) => (name === 'widget-chat' ? '[name].js' : 'assets/[name]-[hash].js') },
      preserveEntrySignatures: 'exports-only',
    },
  },
  server: { proxy: { '/graphql': { target: gateway, ws: true }, '/uploads': gateway, '/attachments': gateway } },
});
