import { CircuitBreaker } from '../../../../src/datasources/upstream/circuit-breaker.js';

let now: number;
let changes: boolean[];
let circuit: CircuitBreaker;
beforeEach(() => {
  now = 1_000;
  changes = [];
  circuit = new CircuitBreaker(
    () => now,
    (open) => changes.push(open),
  );
});
const times = (count: number, act: () => void) => {
  for (let n = 0; n < count; n += 1) act();
};
const fail = () => circuit.failed();
const answer = () => circuit.answered();

it('opens when half of the last 20 calls failed, and not before', () => {
  times(10, answer);
  times(9, fail);
  expect(circuit.open).toBe(false);
  fail();
  expect(circuit.open).toBe(true);
  expect(changes).toEqual([true]);
});

it('stays closed while more than half are answered', () => {
  times(200, () => {
    times(4, fail);
    times(6, answer);
  });
  expect(circuit.open).toBe(false);
});

it('judges by no fewer than 20 calls', () => {
  times(19, fail);
  expect(circuit.open).toBe(false);
  fail();
  expect(circuit.open).toBe(true);
});

it('forgets what lies half a minute back', () => {
  times(19, fail);
  now += 30_000;
  times(19, fail);
  expect(circuit.open).toBe(false);
});

it('lets one call through a second', () => {
  circuit.trip();
  expect(circuit.probeDue()).toBe(false);
  now += 1_000;
  expect([circuit.probeDue(), circuit.probeDue()]).toEqual([true, false]);
  now += 1_000;
  expect(circuit.probeDue()).toBe(true);
});

it('closes with the first answer, and judges anew', () => {
  times(20, fail);
  circuit.failed();
  circuit.answered();
  expect(circuit.open).toBe(false);
  expect(circuit.probeDue()).toBe(false);
  times(19, fail);
  expect(circuit.open).toBe(false);
  expect(changes).toEqual([true, false]);
});
