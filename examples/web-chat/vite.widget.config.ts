import { defineConfig } from 'vite';

/** The loader of the widget: one classic script, which needs nothing else of the build. */
export default defineConfig({
  publicDir: false,
  build: {
    emptyOutDir: false,
    lib: { entry: 'src/widget/loader.ts', formats: ['iife'], name: 'chatWidgetLoader', fileName: () => 'widget.js' },
  },
});
