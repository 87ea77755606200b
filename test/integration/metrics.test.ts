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

  it('exposes exactly the metrics of docs/metrics.md', async () => {
    const text = await (await fetch(`${running.addresses.url}/metrics`)).text();
    const told = [...text.matchAll(/^# TYPE (gateway_\w+) /gm)].map((match) => match[1]);
    const listed = [...readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8').matchAll(/^\| `(gateway_\w+)`/gm)].map(
      (match) => match[1],
    );
    expect(told.sort()).toEqual(listed.sort());
  });
});
