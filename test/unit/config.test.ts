import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, readTokenSettings } from '../../src/config.js';
import { ConfigError } from '../../src/env-reader.js';

const SECRET = 's'.repeat(32);
const directory = mkdtempSync(join(tmpdir(), 'gateway-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
}

describe('CORS_ORIGINS', () => {
  it('is those of Apollo Sandbox by default, and nobody in production', () => {
    expect(readConfig({}).corsOrigins).toContain('https://studio.apollographql.com');
    expect(readConfig({ NODE_ENV: 'production', UPSTREAM: 'simulator' }).corsOrigins).toEqual([]);
  });

  it('accepts origins separated by commas, or any', () => {
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://b.example:8080' }).corsOrigins).toEqual([
      'https://a.example',
      'http://b.example:8080',
    ]);
    expect(readConfig({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*']);
  });

  it.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://.',
    'app://obsidian.md',
    'chrome-extension://gppongmhjkpfnbhagpmjfkannfbllamg',
    'https://*.example.org',
    'https://*.example.org:8443',
  ])('takes %s, of a mobile web view, an extension or a pattern', (value) => {
    expect(readConfig({ CORS_ORIGINS: value }).corsOrigins).toEqual([value]);
  });

  it.each([
    'a.example',
    'https://a.example/',
    'https://a.example/path',
    'capacitor://localhost/',
    'null',
    'file://localhost',
    'capacitor:localhost',
    'https://*',
    'https://*.com',
    'https://a.*.example',
    'https://a*.example.org',
    'http://localhost:*',
    '*.example.org',
  ])('refuses %s and names it', (value) => {
    const faults = faultsOf({ CORS_ORIGINS: `https://good.example,${value}` });
    expect(faults).toEqual([expect.stringMatching(/^CORS_ORIGINS: must be origins/)]);
    expect(faults[0]).toContain(`"${value}"`);
  });
});

describe('UPSTREAM', () => {
  it('is a simulated contact centre by default, but for production', () => {
    expect(readConfig({}).upstream).toEqual({ kind: 'simulator' });
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^UPSTREAM: is missing; .*simulator/)]);
    expect(readConfig({ NODE_ENV: 'production', UPSTREAM: 'simulator' }).upstream).toEqual({ kind: 'simulator' });
  });

  it.each(['UPSTREAM_URL', 'UPSTREAM_API_KEY', 'UPSTREAM_API_KEY_FILE', 'UPSTREAM_API_SECRET', 'UPSTREAM_TENANT', 'UPSTREAM_CUSTOMER'])(
    'must be set if %s is',
    (name) => {
      const named = name.replace('_FILE', '');
      const expected = `UPSTREAM: is not set, though ${named} is; must be one of: chat-gateway-v1, chat-api-v2, simulator, simulator:chat-api-v2`;
      expect(faultsOf({ [name]: 'https://one.example' })).toEqual([expected]);
      expect(faultsOf({ [name]: 'https://one.example', UPSTREAM: ' ' })).toEqual([expected]);
    },
  );

  it.each([
    [
      'simulator',
      { UPSTREAM_URL: 'https://one.example' },
      'UPSTREAM_URL: has no effect with UPSTREAM=simulator; is used by: chat-gateway-v1, chat-api-v2',
    ],
    [
      'simulator:chat-api-v2',
      { UPSTREAM_API_SECRET_FILE: '/s' },
      'UPSTREAM_API_SECRET: has no effect with UPSTREAM=simulator:chat-api-v2; is used by: chat-api-v2',
    ],
    ['chat-gateway-v1', { UPSTREAM_REGION: 'eu' }, 'UPSTREAM_REGION: has no effect with UPSTREAM=chat-gateway-v1; is used by: chat-api-v2'],
    [
      'chat-api-v2',
      { SIMULATOR_FAULTS: 'latency=1' },
      'SIMULATOR_FAULTS: has no effect with UPSTREAM=chat-api-v2; is used by: simulator, simulator:chat-api-v2',
    ],
  ])('as %s warns of %j', (kind, environment: Record<string, string>, warning) => {
    const account = { UPSTREAM_API_KEY: 'k', UPSTREAM_TENANT: 't', UPSTREAM_CUSTOMER: 'c' };
    const needed = { 'chat-gateway-v1': account, 'chat-api-v2': { ...account, UPSTREAM_API_SECRET: 's' } }[kind];
    expect(readConfig({ UPSTREAM: kind, ...needed }).warnings).toEqual([]);
    expect(readConfig({ UPSTREAM: kind, ...needed, ...environment }).warnings).toEqual([warning]);
  });
});

describe('TRUST_PROXY', () => {
  it('is nobody by default, and accepts addresses, networks and names', () => {
    expect(readConfig({}).trustProxy).toEqual([]);
    expect(readConfig({ TRUST_PROXY: 'loopback, 10.0.0.0/8,2001:db8::/32' }).trustProxy).toEqual([
      'loopback',
      '10.0.0.0/8',
      '2001:db8::/32',
    ]);
  });

  it.each(['true', '10.0.0.0/33', 'proxy.example'])('refuses %s', (value) => {
    expect(faultsOf({ TRUST_PROXY: value })).toEqual([expect.stringMatching(/^TRUST_PROXY: must be addresses/)]);
  });
});

describe('HEAL_AFTER_SECONDS', () => {
  it('is 30 by default, and can be switched off', () => {
    expect(readConfig({}).healing.afterMs).toBe(30_000);
    expect(readConfig({ HEAL_AFTER_SECONDS: '3600' }).healing.afterMs).toBe(3_600_000);
    expect(readConfig({ HEAL_AFTER_SECONDS: 'off' }).healing.afterMs).toBeNull();
    expect(readConfig({ HEAL_AFTER_SECONDS: '0' }).healing.afterMs).toBeNull();
  });

  it.each(['3601', '-1', '1.5', 'on'])('refuses %s', (value) => {
    expect(faultsOf({ HEAL_AFTER_SECONDS: value })).toEqual([
      expect.stringMatching(/^HEAL_AFTER_SECONDS: must be a whole number of seconds/),
    ]);
  });
});

describe('RATE_LIMIT', () => {
  it('is on by default, accepts two numbers, and can be switched off', () => {
    expect(readConfig({}).rateLimit).toEqual({ viewer: 600, address: 6_000 });
    expect(readConfig({ RATE_LIMIT: '1/10000' }).rateLimit).toEqual({ viewer: 1, address: 10_000 });
    expect(readConfig({ RATE_LIMIT: 'off' }).rateLimit).toBeNull();
  });

  it.each(['600', '0/1', '1/10001', '1/2/3', 'on', '-1/5', '1.5/2'])('refuses %s', (value) => {
    expect(faultsOf({ RATE_LIMIT: value })).toEqual([expect.stringMatching(/^RATE_LIMIT: must be VIEWER/)]);
  });
});

describe('CONNECTION_LIMIT', () => {
  it.each([
    ['10 connections of a customer and 1,000 of a service by default', {}, { viewer: 10, service: 1_000 }],
    ['what is set', { CONNECTION_LIMIT: '5/200' }, { viewer: 5, service: 200 }],
    ['no limit where it is off', { CONNECTION_LIMIT: 'off' }, null],
  ])('is %s', (_what, environment, expected) => {
    expect(readConfig(environment).connectionLimit).toEqual(expected);
  });

  it.each(['10', '0/1', '1/0', '1/2/3', 'on', '-1/5', '1.5/2'])('cannot be %s', (value) => {
    expect(faultsOf({ CONNECTION_LIMIT: value })).toEqual([expect.stringMatching(/^CONNECTION_LIMIT: must be VIEWER\/SERVICE/)]);
  });
});

describe('AUTH', () => {
  it('is off by default, on loopback', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1']) expect(readConfig({ HOST: host }).auth.mode).toBe('off');
  });

  it.each(['0.0.0.0', '::', '192.168.0.10', 'gateway.example'])('cannot be off on %s without the setting that confirms it', (host) => {
    expect(faultsOf({ HOST: host })).toEqual([expect.stringMatching(/^HOST: .*ALLOW_INSECURE=true/)]);
    expect(faultsOf({ HOST: host, ALLOW_INSECURE: 'true' })).toEqual([]);
  });
});

describe('how tokens are checked', () => {
  it('accepts a secret from a file too', () => {
    const file = join(directory, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    expect(readTokenSettings({ AUTH_SECRET_FILE: file })).toEqual({
      secret: SECRET,
      secondarySecret: null,
      jwksUrl: null,
      issuer: null,
      audience: null,
    });
  });

  it('accepts a JWKS URL, an issuer and an audience', () => {
    const environment = { AUTH_JWKS_URL: 'https://id.example/jwks', AUTH_ISSUER: 'https://id.example/', AUTH_AUDIENCE: 'chat' };
    expect(readTokenSettings(environment)).toEqual({
      secret: null,
      secondarySecret: null,
      jwksUrl: 'https://id.example/jwks',
      issuer: 'https://id.example/',
      audience: 'chat',
    });
  });

  it('accepts a secondary secret beside a primary one only', () => {
    expect(readTokenSettings({ AUTH_SECRET: 'x'.repeat(32), AUTH_SECRET_SECONDARY: SECRET })).toMatchObject({ secondarySecret: SECRET });
    expect(faultsOf({ AUTH_SECRET_SECONDARY: SECRET })).toEqual([
      expect.stringMatching(/^AUTH_SECRET_SECONDARY: must be used with an AUTH_SECRET/),
    ]);
    expect(faultsOf({ AUTH_SECRET: SECRET, AUTH_SECRET_SECONDARY: 'old' })).toEqual([
      expect.stringMatching(/^AUTH_SECRET_SECONDARY: must be at least/),
    ]);
  });

  it('refuses a secret that can be guessed, without repeating it', () => {
    const [fault, ...more] = faultsOf({ AUTH_SECRET: 'hunter2' });
    expect(fault).toMatch(/^AUTH_SECRET: must be at least 32 random bytes/);
    expect(fault).not.toContain('hunter2');
    expect(more).toEqual([]);
  });

  it('refuses keys that come over plain HTTP, but from the same machine', () => {
    expect(faultsOf({ AUTH_JWKS_URL: 'http://id.example/jwks' })).toEqual([expect.stringMatching(/^AUTH_JWKS_URL: .*https/)]);
    expect(faultsOf({ AUTH_JWKS_URL: 'http://id.example/jwks', ALLOW_INSECURE: 'true' })).toEqual([]);
    expect(faultsOf({ AUTH_JWKS_URL: 'http://localhost:8080/jwks' })).toEqual([]);
  });
});

describe('EVENT_LOG_CA', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';

  it('says whom a Redis with TLS must have its certificate from', () => {
    const { eventLog } = readConfig({ EVENT_LOG: 'rediss://redis.example', EVENT_LOG_CA: pem });
    expect(eventLog).toMatchObject({ redis: { target: { tls: true, ca: pem } } });
  });

  it('is refused where it is no certificate, or there is no TLS', () => {
    expect(faultsOf({ EVENT_LOG: 'rediss://redis.example', EVENT_LOG_CA: 'AAAA' })).toEqual([
      expect.stringMatching(/^EVENT_LOG_CA: .*PEM/),
    ]);
    expect(faultsOf({ EVENT_LOG: 'redis://redis.example', EVENT_LOG_CA: pem })).toEqual([expect.stringMatching(/^EVENT_LOG_CA: .*rediss/)]);
  });
});

describe('FEDERATION', () => {
  it('is off unless it is set', () => {
    expect(readConfig({}).federation).toBe(false);
    expect(readConfig({ FEDERATION: 'true' }).federation).toBe(true);
    expect(faultsOf({ FEDERATION: 'yes' })).toEqual(['FEDERATION: must be one of: true, false']);
  });

  it('is refused with trusted documents, which no router would send', () => {
    const path = join(directory, 'documents.json');
    writeFileSync(path, JSON.stringify({ typename: '{ __typename }' }));
    expect(faultsOf({ FEDERATION: 'true', TRUSTED_DOCUMENTS: path })).toEqual([expect.stringMatching(/^FEDERATION: .*TRUSTED_DOCUMENTS/)]);
  });
});
