import { BytesInFlight } from '../../../../src/datasources/upstream/bytes-in-flight.js';
import { ReadAnswer } from '../../../../src/datasources/upstream/read-answer.js';

describe('the bytes that the requests of one viewer hold', () => {
  it('are bounded together, and each viewer has a bound of its own', () => {
    const bytes = new BytesInFlight(100);
    const [first, second, other] = [bytes.forRequest('mia'), bytes.forRequest('mia'), bytes.forRequest('leo')];
    first.hold(60);
    second.hold(40);
    expect(() => second.hold(1)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 1 } }) as Error);
    other.hold(100);
    expect([bytes.heldBy('mia'), bytes.heldBy('leo')]).toEqual([100, 100]);
  });

  it('are free once released, permanently: later bytes do not count', () => {
    const bytes = new BytesInFlight(100);
    const [first, second] = [bytes.forRequest('mia'), bytes.forRequest('mia')];
    first.hold(100);
    first.release();
    first.hold(50);
    first.release();
    expect(bytes.heldBy('mia')).toBe(0);
    second.hold(100);
  });

  it('are too many for one request alone: no later try would do', () => {
    const request = new BytesInFlight(100).forRequest('mia');
    request.hold(60);
    expect(() => request.hold(41)).toThrow(
      expect.objectContaining({ code: 'QUERY_TOO_COMPLEX', details: { limit: 'upstreamBytes', maximum: 100 } }) as Error,
    );
    request.hold(40);
  });

  it('change nothing where they are rejected', () => {
    const bytes = new BytesInFlight(100);
    bytes.forRequest('mia').hold(60);
    expect(() => bytes.forRequest('mia').hold(50)).toThrow();
    expect(bytes.heldBy('mia')).toBe(60);
  });
});

describe('an answer that is shared', () => {
  const TEXT = '{"a":1}';
  const answer = { status: 200, retryAfterMs: null, text: TEXT };

  it('counts for each request once, however often it reads it', () => {
    const bytes = new BytesInFlight();
    const [mine, yours] = [bytes.forRequest('mia'), bytes.forRequest('leo')];
    const read = ReadAnswer.of(answer, mine);
    for (const request of [mine, mine, yours, null]) expect(read?.bodyFor(request)).toEqual({ a: 1 });
    expect([bytes.heldBy('mia'), bytes.heldBy('leo')]).toEqual([TEXT.length, TEXT.length]);
  });

  it('serves those who may hold it, also where the one who asked first may not', () => {
    const bytes = new BytesInFlight(TEXT.length);
    const [other, mine, yours] = [bytes.forRequest('mia'), bytes.forRequest('mia'), bytes.forRequest('leo')];
    other.hold(1);
    const read = ReadAnswer.of(answer, mine);
    expect(() => read?.bodyFor(mine)).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }) as Error);
    expect(read?.bodyFor(yours)).toEqual({ a: 1 });
  });

  it('is not parsed for a request that may not hold it', () => {
    const mine = new BytesInFlight(3).forRequest('mia');
    const read = ReadAnswer.of({ ...answer, text: 'no JSON' }, mine);
    expect(() => read?.bodyFor(mine)).toThrow(expect.objectContaining({ code: 'QUERY_TOO_COMPLEX' }) as Error);
    expect(() => ReadAnswer.of({ ...answer, text: 'no JSON' }, null)).toThrow(
      expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }) as Error,
    );
  });
});
