import { GraphQLError, buildSchema, execute, parse } from 'graphql';
import type { OperationDefinitionNode } from 'graphql';
import type { RequestContext } from '../../../../src/context/request-context.js';
import type { DeliverySink } from '../../../../src/events/port/log-subscription.js';
import type { Delivery } from '../../../../src/events/port/stored-event.js';
import { KeptLog } from '../../../support/running-gateway.js';
import { Metrics } from '../../../../src/observability/metrics.js';
import { NO_TRACING } from '../../../../src/observability/tracing.js';
import type { EncodedResult } from '../../../../src/transport/websocket/encode-next-frame.js';
import { ResultDelivery } from '../../../../src/transport/execution/result-delivery.js';
import type { ResultSink } from '../../../../src/transport/execution/result-delivery.js';
import { EVENT_STREAM, MULTIPART } from '../../../../src/transport/streaming/stream-format.js';
import { SubscriptionStream } from '../../../../src/transport/streaming/subscription-stream.js';
import { openSubscription } from '../../../../src/transport/execution/subscriptions.js';
import { FairScheduler } from '../../../../src/transport/scheduling/fair-scheduler.js';
import { queued } from '../../../contract/event-log/sample-events.js';
import { readAll } from '../../../support/read-all.js';

const schema = buildSchema('type Query { a: Int } type Subscription { tick: Int }');
const takers: DeliverySink[] = [];
const field = schema.getSubscriptionType()?.getFields()['tick'];
if (field !== undefined) {
  field.subscribe = () => ({
    bookmark: null,
    pipeTo: (taker: DeliverySink) => void takers.push(taker),
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]: () => undefined,
  });
}
let executions = 0;
const counting: typeof execute = (args) => {
  executions += 1;
  return execute(args);
};
const errorContext = { requestId: 'r', logger: new KeptLog(), metrics: new Metrics(), introspection: true };
const contextValue = { fork: (work: (context: object) => unknown) => work({}), release: () => undefined } as unknown as RequestContext;

async function start(sink: ResultSink): Promise<void> {
  const document = parse('subscription { tick }');
  const args = { schema, document, contextValue };
  const [definition] = document.definitions as [OperationDefinitionNode];
  const sharing = { execute: counting, key: 'the same', sink, scheduler: new FairScheduler(), tracing: NO_TRACING, definition };
  const opened = await openSubscription(args, errorContext, sharing);
  if (!(opened instanceof ResultDelivery)) throw new GraphQLError('not opened');
  opened.start();
}

it('execute and serialise an event once for all who asked the same, over whichever transport', async () => {
  const payloads: EncodedResult[] = [];
  const socket: ResultSink = { send: (payload) => (payloads.push(payload), null), end: () => undefined };
  const streams = [MULTIPART, MULTIPART, EVENT_STREAM, EVENT_STREAM].map((format) => new SubscriptionStream(format, 600_000));
  const spied = streams.map((stream): ResultSink => ({
    send: (payload) => (payloads.push(payload), stream.send(payload)),
    end: (error) => stream.end(error),
  }));
  for (const sink of [socket, ...spied]) await start(sink);
  const delivery: Delivery = { event: queued('e1'), cursor: 'c1', identity: null, replayed: false };
  for (const taker of takers) await taker.write(delivery);
  expect(executions).toBe(1);
  expect([payloads.length, new Set(payloads).size]).toEqual([5, 1]);
  const [multipart, sameMultipart, events, sameEvents] = streams.map(readAll);
  expect(multipart).toContain('{"payload":{"data":{"tick":null},"extensions":{"cursor":"c1"}}}');
  expect(events).toContain('id: c1\nevent: next\ndata: {"data":{"tick":null},"extensions":{"cursor":"c1"}}\n\n');
  expect([sameMultipart, sameEvents]).toEqual([multipart, events]);
  for (const stream of streams) stream.destroy();
});
