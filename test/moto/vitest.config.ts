// What is tried against moto and is a suite of tests, where npm run test:moto calls it.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/moto/*.conformance.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
