/** Names a plugin for Fastify, which else looks for its name among all modules that are loaded: in tests that took a fifth of the time. */
export const namedPlugin = <Plugin extends object>(name: string, plugin: Plugin): Plugin =>
  Object.assign(plugin, { [Symbol.for('fastify.display-name')]: name });
