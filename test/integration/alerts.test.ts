import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { ChannelsDocument } from '../operations/operations.generated.js';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { parseSinks } from '../../src/sinks/settings.js';
import { describeWith } from '../support/needs.js';
import { HOW_TO_GET_PROMETHEUS, Prometheus } from '../support/prometheus.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../support/redis-server.js';
import { RunningGateway } from '../support/running-gateway.js';
import { newSecret } from '../support/sink-receiver.js';
import { untilTrue } from '../support/until.js';

/** Only a gateway with sinks has their metrics. Nobody is there. */
const SINKS = JSON.stringify([{ name: 'crm', url: 'https://receiver.invalid/', secret: newSecret() }]);
const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const RULES = readFileSync(`${deploy}prometheus/rules.yml`, 'utf8');
const DASHBOARD = readFileSync(`${deploy}grafana/dashboard.json`, 'utf8');
const RUNBOOK = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook: string };
}

const rules = (load(RULES) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const panels = (JSON.parse(DASHBOARD) as { panels: { title: string; targets?: { expr: string }[] }[] }).panels;
const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))];
/** As Grafana fills in its variables. */
const filledIn = (expression: string) => expression.replaceAll('$job', '.*').replaceAll('$__rate_interval', '1m');

it.each(rules.map(({ alert, annotations }) => [alert, annotations.runbook]))(
  '%s names a section of the runbook that is there',
  (_alert, runbook) => {
    const [path, anchor] = runbook.split('#');
    expect(path).toBe('docs/runbook.md');
    const anchors = [...RUNBOOK.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => heading.toLowerCase().replaceAll(' ', '-'));
    expect(anchors).toContain(anchor);
  },
);

describeWith('promtool', HOW_TO_GET_PROMETHEUS)('promtool', () => {
  const promtool = (...args: string[]) => execFileSync('promtool', args, { cwd: `${deploy}prometheus`, encoding: 'utf8', stdio: 'pipe' });

  it('accepts the rules and the configuration', () => {
    expect(promtool('check', 'rules', 'rules.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(promtool('check', 'config', 'prometheus.yml')).toContain('SUCCESS');
  });

  it('finds that each rule fires when its tests say so', () => {
    expect(promtool('test', 'rules', 'rules.test.yml')).toContain('SUCCESS');
  });
});

describeWith('redis-server', HOW_TO_GET_REDIS)('a gateway that', () => {
  describeWith('prometheus', HOW_TO_GET_PROMETHEUS)('Prometheus scrapes', () => {
    const key = createSigningKey('known');
    let redis: RedisServer;
    let gateway: RunningGateway;
    let prometheus: Prometheus;
    let stopped: Promise<void> | null = null;
    const stopGateway = () => (stopped ??= gateway.stop());
    beforeAll(async () => {
      redis = await RedisServer.start('--appendfsync', 'always');
      gateway = await RunningGateway.start({
        config: { eventLog: { redis: redis.asLog }, sinks: parseSinks(SINKS, () => undefined) },
        simulator: { signingKey: key, retryDelaysMs: [] },
      });
      // As they are, but for their waiting times, which promtool tests.
      const impatient = RULES.replace(/^ +for: .*$/gm, '');
      const target = new URL(gateway.addresses.url).host;
      prometheus = await Prometheus.start(impatient, [{ job_name: 'chat-graphql-gateway', static_configs: [{ targets: [target] }] }]);
      await untilTrue(async () => (await prometheus.query('gateway_info')).length > 0);
    });
    afterAll(async () => {
      await prometheus.stop();
      await stopGateway();
      await redis.dispose();
    });

    const webhook = async (conversationId: string, signedWith = key) => {
      const body = Buffer.from(JSON.stringify({ eventType: 'TRANSFER', conversationId, timestamp: Date.now() }));
      const { tenantId, customerId } = gateway.simulator;
      const transmission = { body, tenantId, customerId, eventId: conversationId, retry: 0, transmissionTime: Date.now() };
      const headers = await signedHeaders(transmission, signedWith);
      const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body });
      return response.status;
    };
    const firing = async () => {
      const alerts = await prometheus.alerts();
      return [...new Set(alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? ''))].sort();
    };
    const untilFiring = (...names: string[]) =>
      untilTrue(async () => {
        const now = await firing();
        return names.every((name) => now.includes(name));
      });

    it('has every metric that a rule or the dashboard names', async () => {
      const exposed = await (await fetch(new URL('/metrics', gateway.addresses.url))).text();
      const names = new Set(
        [...exposed.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
          type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
        ),
      );
      const named = expressions.flatMap((expression) => expression.match(/\b(gateway|process|nodejs)_\w+/g) ?? []);
      expect(named.length).toBeGreaterThan(20);
      expect(named.filter((name) => !names.has(name))).toEqual([]);
    });

    it('has it evaluate every rule and every expression of the dashboard', async () => {
      await untilTrue(async () => (await prometheus.rules()).every(({ health }) => health !== 'unknown'));
      expect((await prometheus.rules()).map(({ name, health }) => `${name} ${health}`)).toEqual(rules.map(({ alert }) => `${alert} ok`));
      for (const expression of expressions) await prometheus.query(filledIn(expression));
    });

    it('alerts nobody while all is well', async () => {
      expect(await webhook('c1')).toBe(204);
      await gateway.get(ChannelsDocument, { first: 1 });
      await untilTrue(async () => (await prometheus.query('gateway_webhooks_total{outcome="stored"} == 1')).length > 0);
      // A scrape that a busy machine had no time for counts as a gateway that is down, until the next one.
      await untilTrue(async () => (await firing()).length === 0);
    });

    it('alerts when webhooks are rejected', async () => {
      expect(await webhook('c2', createSigningKey('known'))).toBe(401);
      await untilFiring('ChatGatewayWebhooksRefused');
      const [alert] = (await prometheus.alerts()).filter(({ labels }) => labels['alertname'] === 'ChatGatewayWebhooksRefused');
      expect(alert).toMatchObject({
        labels: { reason: 'signature-wrong', severity: 'warning' },
        annotations: { summary: 'Webhooks are rejected: signature-wrong', runbook: 'docs/runbook.md#webhooks-refused' },
      });
    });

    it('alerts when the contact centre is down', async () => {
      await gateway.simulator.close();
      const isOpen = () => prometheus.query('gateway_upstream_circuit_open == 1');
      await untilTrue(async () => {
        await gateway.ask(ChannelsDocument, { first: 1 });
        return (await isOpen()).length > 0;
      });
      await untilFiring('ChatGatewayCircuitOpen', 'ChatGatewayUpstreamErrors');
    });

    it('alerts when its log accepts no writes', async () => {
      await redis.kill();
      expect(await webhook('c3')).toBe(503);
      await untilFiring('ChatGatewayEventLogNotReady', 'ChatGatewayWebhooksUnavailable');
      await redis.restart();
      await untilTrue(async () => !(await firing()).includes('ChatGatewayEventLogNotReady'));
    });

    it('alerts when it is gone', async () => {
      await stopGateway();
      await untilFiring('ChatGatewayDown');
    });
  });
});
