import type { ContactCentre } from '../centre/contact-centre.js';
import type { CentreEvent } from '../centre/centre-event.js';
import type { Agent, Conversation, Message, NewMessage, Queue } from '../centre/records.js';
import { pickOne } from '../random-id.js';
import type { RandomSource } from '../random-id.js';
import type { Timers } from '../timers.js';
import { answer, farewell, greeting, handover, OFFERS, summary } from './phrases.js';

/** Reaction times of scripted agents, in milliseconds. */
export interface AgentDelays {
  /** From queueing to acceptance. */
  readonly acceptMs: number;
  /** From joining, or from a message, to starting to type. */
  readonly noticeMs: number;
  /** From starting to type to the message. */
  readonly typingMs: number;
}

export const DEFAULT_AGENT_DELAYS: AgentDelays = { acceptMs: 1_000, noticeMs: 400, typingMs: 1_200 };

export interface ScriptedAgentsOptions {
  readonly centre: ContactCentre;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly delays: AgentDelays;
}

/** Plays the agents: they accept, greet with quick replies, answer, send a file on “file”, transfer on “transfer” and leave on “bye”. */
export class ScriptedAgents {
  readonly #options: ScriptedAgentsOptions;

  constructor(options: ScriptedAgentsOptions) {
    this.#options = options;
    options.centre.onEvent((event) => {
      this.#react(event);
    });
  }

  #react(event: CentreEvent): void {
    const { conversationId } = event;
    if (event.kind === 'queued') this.#acceptSoon(conversationId, event.queue);
    if (event.kind === 'agent-joined') this.#greet(conversationId, event.agent);
    if (event.kind === 'message-added' && event.viaApi) this.#respond(conversationId, event.message);
  }

  #acceptSoon(conversationId: string, queue: Queue): void {
    const { centre, timers, random, delays } = this.#options;
    timers.after(delays.acceptMs, () => {
      const { state, assignment } = centre.conversation(conversationId);
      const waiting = state === 'active' && assignment.type === 'queue' && assignment.id === queue.id;
      if (waiting) centre.agentAccepts(conversationId, pickOne(queue.agentIds, random));
    });
  }

  #greet(conversationId: string, agent: Agent): void {
    this.#writeSoon(conversationId, agent, (conversation) => {
      const lastText = conversation.messages.findLast(({ text }) => text !== '');
      const text = greeting({
        customerName: conversation.customer.fields.name,
        agentName: agent.name,
        queueName: this.#options.centre.directory.queue(conversation.queueId).name,
        lastText: lastText?.author.type === 'user' ? lastText.text : undefined,
        returning: conversation.interactions.length > 1,
      });
      return { text, attachments: [], cards: [{ contentType: 'application/8x8.quick.replies', content: { options: OFFERS } }] };
    });
  }

  #respond(conversationId: string, { text }: Message): void {
    const { centre, random } = this.#options;
    const agent = centre.agentOf(conversationId);
    if (agent === null) return;
    if (/transfer/i.test(text)) {
      const target = this.#otherQueue(centre.conversation(conversationId));
      this.#writeSoon(
        conversationId,
        agent,
        () => handover(target.name),
        () => {
          centre.agentTransfers(conversationId, target.id, { order: pickOne(['transfer-first', 'left-first'], random) });
        },
      );
    } else if (/bye/i.test(text)) {
      this.#writeSoon(
        conversationId,
        agent,
        () => farewell(agent.name),
        () => {
          centre.agentLeaves(conversationId);
        },
      );
    } else if (/\bfile\b/i.test(text)) {
      this.#writeSoon(conversationId, agent, (conversation) => {
        const chunks = [Buffer.from(summary(conversation.messages.map((message) => message.text)))];
        const attachment = centre.files.add(conversation, { fileName: 'summary.txt', contentType: 'text/plain', chunks });
        return { text: 'Here is what we have written so far.', attachments: [attachment], cards: [] };
      });
    } else {
      this.#writeSoon(conversationId, agent, ({ messages }) => answer(text, messages.length));
    }
  }

  /** Types, writes and calls `then`, as long as the agent still has the conversation. */
  #writeSoon(conversationId: string, agent: Agent, line: (conversation: Conversation) => string | NewMessage, then?: () => void): void {
    const { centre, timers, delays } = this.#options;
    const present = (): boolean => centre.agentOf(conversationId)?.id === agent.id;
    timers.after(delays.noticeMs, () => {
      if (!present()) return;
      centre.agentTypes(conversationId);
      timers.after(delays.typingMs, () => {
        if (!present()) return;
        centre.agentSays(conversationId, line(centre.conversation(conversationId)));
        then?.();
      });
    });
  }

  #otherQueue({ queueId }: Conversation): Queue {
    const queues = [...this.#options.centre.directory.queues.values()];
    return pickOne(
      queues.filter(({ id }) => id !== queueId),
      this.#options.random,
    );
  }
}
