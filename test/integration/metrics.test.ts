import { readFileSync } from 'node:fs';
import { RunningGateway } from '../support/running-gateway.js';
import {
  ChannelsDocument,
  ConversationEventsDocument,
  CreateConversationDocument,
  MessagesDocument,
} from '../operations/operations.generated.js';

describe('/metrics', () => {
  let running: RunningGateway;
  beforeAll(async () => {
    running = await RunningGateway.start();
  });
  afterAll(async () => {
    await running.stop();
  });

  /** Samples by name and labels, as the text has them. */
  async function samples(): Promise<Map<string, number>> {
    const response = await fetch(`${running.addresses.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  }

  it('counts what went through', async () => {
    const before = await samples();
    await running.get(ChannelsDocument, { first: 1 });
    const input = { channelId: running.simulator.channelId, customer: {} };
    const { createConversation } = await running.get(CreateConversationDocument, { input });
    const id = createConversation.conversation?.id ?? '';
    const following = running.subscribe(ConversationEventsDocument, { id, after: createConversation.cursor });
    await following.next();
    await running.simulator.webhookSender.settled();
    await running.ask(MessagesDocument, { id, first: 0 });
    const { sockets, ...after } = Object.fromEntries(
      [...(await samples())].map(([name, value]) => [name === 'gateway_sockets' ? 'sockets' : name, value]),
    );
    const events = running.simulator.webhookSender.deliveries().length;
    expect(sockets).toBe(1);
    expect(after).toMatchObject({
      'gateway_webhooks_total{outcome="stored"}': events,
      'gateway_log_append_seconds_count{outcome="stored"}': events,
      gateway_event_lag_seconds_count: events,
      'gateway_upstream_call_seconds_count{operation="channels.list",outcome="OK"}': 1,
      'gateway_graphql_errors_total{code="BAD_USER_INPUT"}': 1,
      gateway_subscriptions: (before.get('gateway_subscriptions') ?? 0) + 1,
      gateway_slow_consumers_total: 0,
    });
    await following.stop();
  });

  it('reports when a webhook was last accepted, and why others were rejected', async () => {
    const before = await samples();
    const startedAt = Date.now() / 1_000;
    const input = { channelId: running.simulator.channelId, customer: {} };
    await running.get(CreateConversationDocument, { input });
    await running.simulator.webhookSender.settled();
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(running.addresses.webhookUrl, { method: 'POST', headers, body: '{}' })).status).toBe(401);
    const after = await samples();
    expect(after.get('gateway_webhook_last_accepted_timestamp_seconds')).toBeGreaterThanOrEqual(startedAt);
    const rejections = [...after].filter(([name]) => name.startsWith('gateway_webhook_rejections_total'));
    expect(rejections.filter(([name, value]) => value !== before.get(name))).toEqual([
      ['gateway_webhook_rejections_total{reason="header-missing"}', 1],
    ]);
  });

  it('reports every outcome of webhooks and every reason to reject one as 0 before the first, and no time of the last', async () => {
    const fresh = await RunningGateway.start();
    const text = await (await fetch(`${fresh.addresses.url}/metrics`)).text();
    await fresh.stop();
    expect(text.match(/^gateway_webhooks_total\{outcome="[\w-]+"\} 0$/gm)).toHaveLength(8);
    expect(text.match(/^gateway_webhook_rejections_total\{reason="[\w-]+"\} 0$/gm)).toHaveLength(11);
    expect(text).toContain('gateway_graphql_errors_total{code="INTERNAL_SERVER_ERROR"} 0');
    expect(text).not.toMatch(/^gateway_webhook_last_accepted_timestamp_seconds /m);
  });

  it('reports what the gateway is, and whether its log is ready', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    const now = await samples();
    expect(now.get(`gateway_info{version="${version}",upstream="${running.generation.name}",event_log="sqlite"}`)).toBe(1);
    expect([now.get('gateway_event_log_ready'), now.get('gateway_event_log_warnings')]).toEqual([1, 0]);
  });

  it('exposes exactly the metrics of docs/metrics.md, but those of sinks, of which there is none', async () => {
    const text = await (await fetch(`${running.addresses.url}/metrics`)).text();
    const exposed = [...text.matchAll(/^# TYPE (gateway_\w+) /gm)].map((match) => match[1]);
    const listed = [...readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').matchAll(/^\| `(gateway_\w+)`/gm)].map(
      (match) => match[1],
    );
    expect(exposed.sort()).toEqual(listed.filter((name) => name?.startsWith('gateway_sink_') === false).sort());
  });
});
