import type { HeldCall, HeldEvent, Hold } from '../../src/simulator/hold-points.js';
import { RacedOutcomeDocument, RacedMessagesDocument, SendMessageDocument } from '../operations/operations.generated.js';
import type { RacedMessageFragment } from '../operations/operations.generated.js';
import type { RunningGateway } from '../support/running-gateway.js';
import { ChanceSteps } from './random-steps.js';
import type { Subscriber } from '../support/multipart-subscriber.js';
import { messagesAdded } from './message-listener.js';
import type { MessageListener, DeliveredMessage } from './message-listener.js';

/** Few texts, which the history holds too: equal ones abound. */
export const TEXTS = ['ok', 'hello'] as const;
const WINDOW = 20;
/** Ends a round: a subscription delivers everything else before it. */
const LAST_WORD = 'that was the round';

/** The order that is hit by chance too rarely: the list catches up, and somebody finds what it lacked, while the answer that lacks it is on its way. */
const CATCHING_UP = [/^list lags/, / 1 "/, /^event of 1/, /^query(,|$)/, /^list has caught up/, /^another reader/, /^query answered/];

/**
 * One round in a conversation with an agent: messages are said, their events and the replies to a query and to the mutations are held and let go, the list lags, another
 * reader looks in, and somebody who has queried subscribes after the cursor, all in an order of chance.
 */
export class QueryRace {
  /** What is done in it. */
  readonly steps: ChanceSteps;
  readonly #loose: Promise<unknown>[] = [];
  readonly #clientMessageIds: string[] = [];
  readonly #events: Promise<HeldEvent>[] = [];
  /** Of the gateway itself, which appends the echoes that the upstream does not send. */
  readonly #ownEventsBefore: number;
  #ownEvents = 0;
  #shown: readonly RacedMessageFragment[] = [];
  #startPlace = 0;
  #cursor = '';
  #delivered: Promise<DeliveredMessage[]> = Promise.resolve([]);
  #isReading = false;

  constructor(
    private readonly gateway: RunningGateway,
    private readonly client: Subscriber,
    private readonly listener: MessageListener,
    private readonly id: string,
    private readonly seed: number,
    private readonly random: () => number,
  ) {
    this.steps = new ChanceSteps(random);
    this.#ownEventsBefore = this.#ownEventsHeard().length;
  }

  /** Plays the round; then holds what the reader has seen against what there is. */
  async play(): Promise<void> {
    this.#planMessages();
    this.#planReader();
    this.#planList();
    for (let count = Math.floor(this.random() * 3); count > 0; count -= 1)
      this.steps.plan(`another reader ${count}`, [], () => this.#lookIn());
    await this.steps.take(this.random() < 0.1 ? CATCHING_UP : []);
    await Promise.all(this.#loose);
    for (const { eventId } of await Promise.all(this.#events)) await this.listener.hears(eventId);
    const { centre, holdPoints } = this.gateway.simulator;
    const last = this.#holdEvent(holdPoints);
    centre.agentSays(this.id, LAST_WORD);
    this.#events.push(last.arrived);
    await last.arrived;
    last.release();
    await this.#judge();
  }

  #planMessages(): void {
    const count = 1 + Math.floor(this.random() * 3);
    const same = this.random() < 0.5;
    const [one, other] = this.random() < 0.5 ? TEXTS : [TEXTS[1], TEXTS[0]];
    const sender = (['AGENT', 'CUSTOMER', 'BOT'] as const)[Math.floor(this.random() * 3)] ?? 'AGENT';
    for (let index = 1; index <= count; index += 1) {
      const text = same || this.random() < 0.5 ? one : other;
      if (same ? sender === 'AGENT' : this.random() < 0.4) this.#planAgentsMessage(index, text);
      else this.#planSentMessage(index, text, same && sender !== 'AGENT' ? sender : 'CUSTOMER');
    }
  }

  #planAgentsMessage(index: number, text: string): void {
    const { centre, holdPoints } = this.gateway.simulator;
    const event = this.#laterEvent(index, `agent says ${index} "${text}"`);
    this.steps.plan(event.saying, [], async () => {
      const hold = event.hold(this.#holdEvent(holdPoints));
      centre.agentSays(this.id, text);
      await hold.arrived;
    });
  }

  #planSentMessage(index: number, text: string, sendAs: 'CUSTOMER' | 'BOT'): void {
    const { holdPoints } = this.gateway.simulator;
    const clientMessageId = this.random() < 0.7 ? `${this.seed}-${index}` : null;
    if (clientMessageId !== null) this.#clientMessageIds.push(clientMessageId);
    const saying = `${sendAs} sends ${index} "${text}" as ${String(clientMessageId)}`;
    const event = this.gateway.generation.echoesApiWrites ? this.#laterEvent(index, saying) : null;
    const isReplyHeld = this.random() < 0.4;
    let reply: Hold<HeldCall> | null = null;
    this.steps.plan(saying, [], async () => {
      const hold = event?.hold(this.#holdEvent(holdPoints));
      if (hold === undefined) this.#ownEvents += 1;
      if (isReplyHeld) reply = this.#holdCall('reply', 'POST');
      const input = { conversationId: this.id, text, sendAs, clientMessageId };
      const sent = this.gateway.get(SendMessageDocument, { input }).then(({ sendMessage }) => {
        if (sendMessage.userErrors.length > 0) throw new Error('a message was not sent');
      });
      this.#loose.push(sent);
      await hold?.arrived;
      await (isReplyHeld ? reply?.arrived : sent);
    });
    if (isReplyHeld) this.steps.plan(`reply to ${index}`, [saying], () => reply?.release());
  }

  /** The event of a message stands at a barrier; letting it go is a step of its own, which may wait until it was heard. */
  #laterEvent(index: number, saying: string): { saying: string; hold: (hold: Hold<HeldEvent>) => Hold<HeldEvent> } {
    let held: Hold<HeldEvent> | null = null;
    const waits = this.random() < 0.6;
    this.steps.plan(`event of ${index}${waits ? ', heard' : ''}`, [saying], async () => {
      const event = await held?.arrived;
      held?.release();
      if (waits && event !== undefined) await this.listener.hears(event.eventId);
    });
    return {
      saying,
      hold: (hold) => {
        held = hold;
        this.#events.push(hold.arrived);
        return hold;
      },
    };
  }

  #planReader(): void {
    const point = (['reply', 'request', null] as const)[Math.floor(this.random() * 3)] ?? null;
    let held: Hold<HeldCall> | null = null;
    let answer: Promise<void> = Promise.resolve();
    const asking = `query${point === null ? '' : `, its ${point} held`}`;
    this.steps.plan(asking, [], async () => {
      if (point !== null) held = this.#holdCall(point, 'GET');
      answer = this.#query();
      await held?.arrived;
    });
    this.steps.plan('query answered', [asking], async () => {
      held?.release();
      await answer;
    });
    this.steps.plan('subscribe', ['query answered'], () => {
      this.#delivered = this.#listenToTheEnd();
    });
  }

  async #query(): Promise<void> {
    this.#isReading = true;
    const { conversation } = await this.gateway.get(RacedMessagesDocument, { id: this.id, last: WINDOW });
    if (!conversation?.messages) throw new Error('the query returned nothing');
    this.#isReading = false;
    this.#shown = conversation.messages.nodes;
    this.#startPlace = (conversation.messages.totalCount ?? 0) - this.#shown.length;
    this.#cursor = conversation.latestCursor;
  }

  async #listenToTheEnd(): Promise<DeliveredMessage[]> {
    const all: DeliveredMessage[] = [];
    for await (const added of messagesAdded(this.client, this.id, this.#cursor)) {
      all.push(added);
      if (added.message.text === LAST_WORD) break;
    }
    return all;
  }

  #planList(): void {
    const { centre } = this.gateway.simulator;
    if (this.random() < 0.5) return;
    this.steps.plan('list lags', [], () => centre.lagMessages(this.id, true));
    this.steps.plan('list has caught up', ['list lags'], () => centre.lagMessages(this.id, false));
  }

  /**
   * Somebody else's query, which may be the first to name what is listed. While the reader's is held, it asks for another window, lest both be one upstream call; where
   * any window is the whole list they may be one all the same, and nobody waits.
   */
  async #lookIn(): Promise<void> {
    const last = this.#isReading || this.random() < 0.5 ? 3 : WINDOW;
    const looked = this.gateway.get(RacedMessagesDocument, { id: this.id, last });
    if (this.#isReading && !this.gateway.generation.messagesHavePages) this.#loose.push(looked);
    else await looked;
  }

  #ownEventsHeard(): readonly DeliveredMessage[] {
    return this.gateway.generation.echoesApiWrites ? [] : this.listener.heard.filter(({ isEcho }) => isEcho);
  }

  #holdEvent(holdPoints: RunningGateway['simulator']['holdPoints']): Hold<HeldEvent> {
    const hold: Hold<HeldEvent> = holdPoints.hold(
      'event',
      ({ conversationId, eventType }) =>
        conversationId === this.id && eventType === this.gateway.generation.messageEvent && hold.held.length === 0,
    );
    return hold;
  }

  /** Holds the next call to the conversation's messages. */
  #holdCall(point: 'request' | 'reply', method: 'GET' | 'POST'): Hold<HeldCall> {
    const path = `/conversations/${this.id}/messages`;
    const hold: Hold<HeldCall> = this.gateway.simulator.holdPoints.hold(
      point,
      (call) => call.method === method && call.path.endsWith(path) && hold.held.length === 0,
    );
    return hold;
  }

  async #judge(): Promise<void> {
    const events = await Promise.all(this.#events);
    const heard = await Promise.all(events.map(({ eventId }) => this.listener.hears(eventId)));
    const own = this.#ownEventsHeard().slice(this.#ownEventsBefore);
    expect(own).toHaveLength(this.#ownEvents);
    heard.push(...own);
    const delivered = await this.#delivered;
    const { conversation } = await this.gateway.get(RacedOutcomeDocument, { id: this.id, after: this.#cursor });
    const all = conversation?.messages?.nodes ?? [];
    const firstPlace = (conversation?.messages?.totalCount ?? 0) - all.length;
    this.#judgeEvents(delivered, conversation?.events.nodes ?? []);

    // Merged by id as a client would.
    const merged = new Map(this.#shown.map((message) => [message.id, message]));
    for (const { message } of delivered) merged.set(message.id, message);
    const there = all.slice(this.#startPlace - firstPlace);
    expect([...merged.keys()].sort()).toEqual(there.map(({ id }) => id).sort());
    expect([...merged.values()].map(saying).sort()).toEqual(there.map(saying).sort());
    expect(this.#centresMessages().slice(this.#startPlace)).toEqual(there.map(saying));
    expect(new Set(this.#shown.map(({ id }) => id)).size).toBe(this.#shown.length);

    for (const { message } of heard) expect(there.find(({ id }) => id === message.id)).toMatchObject(nameOf(message));
    expect(there.flatMap(({ clientMessageId }) => (clientMessageId?.startsWith(`${this.seed}-`) ? [clientMessageId] : [])).sort()).toEqual(
      [...this.#clientMessageIds].sort(),
    );
    for (const { isEcho, message } of heard) expect(isEcho).toBe(message.author.type !== 'AGENT');
  }

  /** Each event after the cursor once, in the log's order. */
  #judgeEvents(delivered: readonly DeliveredMessage[], stored: readonly { id: string; cursor: string }[]): void {
    expect(delivered.map(({ id, cursor }) => ({ id, cursor }))).toEqual(stored.map(({ id, cursor }) => ({ id, cursor })));
    expect(new Set(delivered.map(({ id }) => id)).size).toBe(delivered.length);
    expect(new Set(delivered.map(({ cursor }) => cursor)).size).toBe(delivered.length);
  }

  #centresMessages(): string[] {
    const { messages } = this.gateway.simulator.centre.conversation(this.id);
    return messages.map(({ author, text }) => `${author.type === 'user' ? 'CUSTOMER' : author.type.toUpperCase()}: ${text}`);
  }
}

const saying = ({ author, text }: Pick<RacedMessageFragment, 'author' | 'text'>): string => `${author.type}: ${text ?? ''}`;

const nameOf = ({ clientMessageId, text, author }: DeliveredMessage['message']) => ({
  clientMessageId,
  text,
  author: { type: author.type },
});
