import { Redis } from 'ioredis';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { ObservedProcess } from './observed-process.js';

const PASSWORD = 'open-sesame';

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway as its environment has it, over a Redis', () => {
  let redis: RedisServer;
  const started: ObservedProcess[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process.dispose()));
    await redis.dispose();
  });

  const gatewayOver = (eventLog: string, settings: Readonly<Record<string, string>> = {}) => {
    const process = new ObservedProcess({ EVENT_LOG: eventLog, ...settings });
    started.push(process);
    return process;
  };
  /** The warnings that it logged at its start. */
  const toldAtStart = async (gateway: ObservedProcess) => {
    await gateway.line('listening');
    return gateway.lines.filter(({ msg }) => msg === 'event log durability warning').map(({ note }) => note);
  };
  const readiness = async (gateway: ObservedProcess) => {
    const url = new URL('/readyz', String((await gateway.line('listening'))['graphqlUrl']));
    const response = await fetch(url);
    const { log } = (await response.json()) as { log: { notes: string[] } };
    return { status: response.status, notes: log.notes };
  };

  it('reports weak durability at startup and in /readyz, or does not start', async () => {
    redis = await RedisServer.start('--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru');
    const notes = [expect.stringContaining('appendfsync is everysec'), expect.stringContaining('maxmemory-policy is allkeys-lru')];
    const gateway = gatewayOver(redis.url);
    expect(await toldAtStart(gateway)).toEqual(notes);
    expect(await readiness(gateway)).toEqual({ status: 200, notes });
    const refused = await gatewayOver(redis.url, { REQUIRE_DURABLE_LOG: 'true' }).exited();
    expect(refused).toEqual({ code: 1, stderr: expect.stringMatching(/^Cannot start: .* can lose events, .*everysec.*allkeys-lru.*\n$/) });

    const admin = new Redis(redis.url);
    await admin.config('SET', 'appendfsync', 'always');
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    admin.disconnect();
    expect(await readiness(gateway)).toEqual({ status: 200, notes: [] });
    expect(await toldAtStart(gatewayOver(redis.url, { REQUIRE_DURABLE_LOG: 'true' }))).toEqual([]);
  });

  it('is reported if it hides its settings, unless the operator has declared it durable', async () => {
    redis = await RedisServer.start('--rename-command', 'CONFIG', '');
    const hidden = expect.stringContaining('LOG_DECLARED_DURABLE') as string;
    const [silent, declared] = [
      gatewayOver(redis.url),
      gatewayOver(redis.url, { LOG_DECLARED_DURABLE: 'true', REQUIRE_DURABLE_LOG: 'true' }),
    ];
    expect(await toldAtStart(silent)).toEqual([hidden]);
    expect(await toldAtStart(declared)).toEqual([]);
    expect((await gatewayOver(redis.url, { REQUIRE_DURABLE_LOG: 'true' }).exited()).stderr).toEqual(hidden);
  });

  it('accepts a separate password and never logs it', async () => {
    redis = await RedisServer.start('--appendfsync', 'always', '--requirepass', PASSWORD);
    const gateway = gatewayOver(redis.url, { EVENT_LOG_PASSWORD: PASSWORD });
    expect(await toldAtStart(gateway)).toEqual([]);
    const withUser = gatewayOver(redis.url.replace('//', `//default:${PASSWORD}@`));
    expect(await readiness(withUser)).toEqual({ status: 200, notes: [] });
    const wrong = await gatewayOver(redis.url, { EVENT_LOG_PASSWORD: `not-${PASSWORD}` }).exited();
    expect(wrong).toEqual({ code: 1, stderr: expect.stringMatching(/^Cannot start: Redis at .*WRONGPASS/) });
    expect([wrong.stderr, JSON.stringify(gateway.lines), JSON.stringify(withUser.lines)].join()).not.toContain(PASSWORD);
  });

  it('lacks the replicas that it is to wait for, and says so', async () => {
    redis = await RedisServer.start('--appendfsync', 'always');
    const gateway = gatewayOver(redis.url, { LOG_REPLICAS: '1' });
    const missing = [expect.stringContaining('LOG_REPLICAS is 1')];
    expect(await toldAtStart(gateway)).toEqual(missing);
    expect(await readiness(gateway)).toEqual({ status: 200, notes: missing });
    expect((await gatewayOver(redis.url, { LOG_REPLICAS: '1', REQUIRE_DURABLE_LOG: 'true' }).exited()).code).toBe(1);
  });
});
