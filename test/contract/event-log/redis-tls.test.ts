import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from '../../support/certificates.js';
import type { Certificate } from '../../support/certificates.js';
import { portToKeep } from '../../support/crash/gateway-process.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { describeAppending } from './appending.js';
import { describeReading } from './reading.js';
import { openRedisAt, redisUnderTest } from './redis-log.js';
import { describeSubscribing } from './subscribing.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('the event log in a Redis', () => {
  describeWith('openssl', 'apt-get install openssl')('with TLS', overTls);
});

function overTls(): void {
  const directory = mkdtempSync(join(tmpdir(), 'redis-tls-'));
  let redis: RedisServer;
  let url: string;
  let own: Certificate;
  beforeAll(async () => {
    own = makeCertificate(directory, 'redis');
    const port = String(await portToKeep());
    const files = ['--tls-cert-file', own.certFile, '--tls-key-file', own.keyFile, '--tls-ca-cert-file', own.certFile];
    redis = await RedisServer.start('--tls-port', port, ...files, '--tls-auth-clients', 'no');
    url = `rediss://127.0.0.1:${port}`;
  });
  afterAll(async () => {
    await redis.dispose();
    rmSync(directory, { recursive: true, force: true });
  });
  const underTest = redisUnderTest(
    () => url,
    4,
    () => own.pem,
  );

  describe('appending', () => {
    describeAppending(underTest);
  });
  describe('reading', () => {
    describeReading(underTest);
  });
  describe('subscribing', () => {
    describeSubscribing(underTest);
  });

  it('rejects an untrusted certificate, and says what to do', async () => {
    const reason = expect.stringMatching(
      /^Redis at 127\.0\.0\.1:\d+ cannot be used: .*\(its certificate is not trusted: see EVENT_LOG_CA\)$/,
    ) as string;
    await expect(openRedisAt(url)).rejects.toMatchObject({ reason });
    await expect(openRedisAt(url, {}, makeCertificate(directory, 'other').pem)).rejects.toMatchObject({ reason });
  });
}
