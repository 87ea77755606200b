import { queued } from '../../../contract/event-log/sample-events.js';
import type { Scope } from '../../../../src/events/port/event-log.js';
import type { Delivery } from '../../../../src/events/port/stored-event.js';
import { Subscribers } from '../../../../src/events/delivery/subscribers.js';
import type { Subscriber } from '../../../../src/events/delivery/subscribers.js';

const delivery: Delivery = { event: queued('e1'), cursor: 'x', identity: null, replayed: false };

class Recorder implements Subscriber {
  readonly seen: unknown[] = [];
  readonly queued = 2;
  accept(accepted: Delivery): void {
    this.seen.push(accepted);
  }
  acceptTransient(event: Delivery['event']): void {
    this.seen.push(event);
  }
  acceptErasure(conversationId: string): void {
    this.seen.push(`erased ${conversationId}`);
  }
  fail(error: Error): void {
    this.seen.push(error.message);
  }

  end(): void {
    this.seen.push('end');
  }
}

describe('subscribers', () => {
  it('deliver to those of a scope only, the same object to all, created once', () => {
    const subscribers = new Subscribers();
    const scopes: Scope[] = [{ conversationId: 'a' }, { conversationId: 'a' }, { conversationId: 'all' }, 'all'];
    const recorders = scopes.map((scope) => {
      const recorder = new Recorder();
      subscribers.add(scope, recorder);
      return recorder;
    });
    let made = 0;
    const make = () => {
      made += 1;
      return delivery;
    };
    subscribers.deliver({ conversationId: 'a' }, make);
    subscribers.deliver({ conversationId: 'nobody' }, make);
    expect(made).toBe(1);
    expect(recorders.map(({ seen }) => seen)).toEqual([[delivery], [delivery], [], []]);
    expect(recorders[0]?.seen[0]).toBe(recorders[1]?.seen[0]);
  });

  it('keep nothing of those who left', () => {
    const subscribers = new Subscribers();
    const recorder = new Recorder();
    for (let index = 0; index < 100; index += 1) subscribers.add({ conversationId: `c${index}` }, recorder);
    expect(subscribers.stats()).toEqual({ subscriptions: 100, queued: 200 });
    for (let index = 0; index < 100; index += 1) subscribers.remove({ conversationId: `c${index}` }, recorder);
    subscribers.remove('all', recorder);
    subscribers.deliver({ conversationId: 'c1' }, () => delivery);
    expect([subscribers.stats().subscriptions, recorder.seen]).toEqual([0, []]);
  });

  it('may come and go one by one', () => {
    const subscribers = new Subscribers();
    const a: Scope = { conversationId: 'a' };
    const counts = (recorders: readonly Recorder[]) => {
      const before = recorders.map(({ seen }) => seen.length);
      subscribers.deliver(a, () => delivery);
      subscribers.acceptTransient(a, delivery.event);
      return recorders.map(({ seen }, index) => seen.length - (before[index] ?? 0));
    };
    const recorders = [new Recorder(), new Recorder(), new Recorder()] as const;
    const [one, two, never] = recorders;
    subscribers.add(a, one);
    subscribers.remove(a, never);
    expect(counts(recorders)).toEqual([2, 0, 0]);
    subscribers.add(a, two);
    expect(counts(recorders)).toEqual([2, 2, 0]);
    subscribers.remove(a, one);
    subscribers.remove(a, one);
    expect(counts(recorders)).toEqual([0, 2, 0]);
    subscribers.add(a, one);
    subscribers.remove(a, two);
    subscribers.remove(a, one);
    expect(counts(recorders)).toEqual([0, 0, 0]);
    expect(subscribers.stats().subscriptions).toBe(0);
  });

  it('end all, even where ending removes them', () => {
    const subscribers = new Subscribers();
    const recorders = [1, 2, 3].map(() => {
      const recorder = new Recorder();
      recorder.end = () => {
        recorder.seen.push('end');
        subscribers.remove('all', recorder);
      };
      subscribers.add('all', recorder);
      return recorder;
    });
    subscribers.endAll();
    expect(recorders.map(({ seen }) => seen)).toEqual([['end'], ['end'], ['end']]);
    expect(subscribers.stats()).toEqual({ subscriptions: 0, queued: 0 });
  });
});
