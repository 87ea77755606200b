import { TIMEOUT_FACTOR } from './test/support/timeout-factor.js';

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: '<rootDir>/test/support/leak-checking-environment.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  // Sources import with the .js ending that they have once built; in tests the .ts file stands there.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Recipes import the client package by its name.
    '^chat-graphql-gateway-client$': '<rootDir>/client/src/index.ts',
    '^chat-graphql-gateway-client/apollo$': '<rootDir>/client/src/apollo/index.ts',
    '^chat-graphql-gateway-client/documents$': '<rootDir>/client/src/generated/graphql.ts',
  },
  testSequencer: '<rootDir>/test/support/longest-first.js',
  // As many as there are cores. Jest itself leaves one free, which of two cores is half of the machine.
  maxWorkers: '100%',
  // Jest keeps 3 to 30 MB of each file of ES modules that has run. A worker that has run a hundred of them takes several times as long for the next as a new one.
  workerIdleMemoryLimit: '400MB',
  reporters: ['default', '<rootDir>/test/support/skips-reporter.js'],
  // For a test that waits for what never comes. None takes a quarter of it on a quiet machine.
  testTimeout: 60_000 * TIMEOUT_FACTOR,
  // What is left open fails its file (leak-checking-environment); it shall not hang the run as well.
  forceExit: true,
};
