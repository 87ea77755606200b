/**
 * The file of a thread, told by its place beside `here`, the module that starts it. Threads run JavaScript only: where the sources themselves are run, as in tests, the
 * built file is taken.
 */
export const workerUrl = (name: string, here: string): URL =>
  new URL(name, here.endsWith('.ts') ? here.replace(/\/src\/(?!.*\/src\/)/, '/build/') : here);
