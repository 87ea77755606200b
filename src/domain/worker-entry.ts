/**
 * URL of a worker thread's entry file, relative to `here`, the module that starts it. Worker threads run JavaScript only: if the TypeScript sources are run, as in tests,
 * it is the built file.
 */
export const workerUrl = (name: string, here: string): URL =>
  new URL(name, here.endsWith('.ts') ? here.replace(/\/src\/(?!.*\/src\/)/, '/build/') : here);
