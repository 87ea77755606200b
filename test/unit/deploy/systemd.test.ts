import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownVariables, LOG_CLOSE_SECONDS, parseEnvFile, readDeployed, readFromRoot } from '../../support/deployed-settings.js';
import { describeWith } from '../../support/needs.js';

const UNIT = readFromRoot('deploy/systemd/chat-graphql-gateway.service');
const setting = (name: string) => [...UNIT.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
const inUnit = parseEnvFile(
  setting('Environment')
    .flatMap((line) => line.split(' '))
    .join('\n'),
);
const environment = { ...inUnit, ...parseEnvFile(readFromRoot('deploy/systemd/settings.env')) };

describe('the systemd unit', () => {
  it('has valid settings, and no others than the gateway reads', () => {
    expect(Object.keys(environment).filter((name) => !knownVariables().has(name))).toEqual([]);
    expect(readDeployed(environment)).toMatchObject({ auth: { mode: 'jwt' } });
  });

  it('lets the gateway drain before it is killed', () => {
    const { drainMs } = readDeployed(environment);
    expect(Number(setting('TimeoutStopSec')[0])).toBeGreaterThanOrEqual(drainMs / 1_000 + LOG_CLOSE_SECONDS);
  });

  it('loads each secret that its settings name, and keeps the log in its state directory', () => {
    const loaded = setting('LoadCredential').map((line) => line.split(':')[0]);
    const named = Object.entries(inUnit).filter(([name]) => name.endsWith('_FILE'));
    expect(named.map(([, path]) => path)).toEqual(loaded.map((name) => `%d/${name ?? ''}`));
    expect(inUnit['EVENT_LOG']).toBe(`file:/var/lib/${setting('StateDirectory')[0] ?? ''}`);
  });
});

describeWith('systemd-analyze', 'apt-get install systemd')('systemd-analyze', () => {
  let directory: string;
  let path: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'systemd-test-'));
    path = join(directory, 'chat-graphql-gateway.service');
    // It looks for the program.
    writeFileSync(path, UNIT.replace('/usr/bin/node', process.execPath));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('finds nothing wrong with the unit', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.includes('chat-graphql-gateway'))]).toEqual([0, []]);
  });

  it('finds that little is exposed', () => {
    const output = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', '--threshold=15', path], {
      encoding: 'utf8',
    });
    expect(output).toMatch(/Overall exposure level for chat-graphql-gateway\.service: [01]\.\d OK/);
  });
});
