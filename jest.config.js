/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: '<rootDir>/test/support/leak-checking-environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  // Sources import with the .js ending that they have once built; in tests the .ts file stands there.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  reporters: ['default', '<rootDir>/test/support/skips-reporter.js'],
  testTimeout: 20_000,
  // What is left open fails its file (leak-checking-environment); it shall not hang the run as well.
  forceExit: true,
};
