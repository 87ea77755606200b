import type { ContactCentre } from '../centre/contact-centre.js';
import type { CentreEvent } from '../centre/centre-event.js';
import type { Agent, Conversation, Message, NewMessage, Queue } from '../centre/records.js';
import { pickOne } from '../random-id.js';
import type { RandomSource } from '../random-id.js';
import type { Line, Schedule, Tasks } from '../schedule.js';
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
  readonly schedule: Schedule;
  readonly random: RandomSource;
  readonly delays: AgentDelays;
}

/** Plays the agents: they accept, greet with quick replies, answer, send a file on “file”, transfer on “transfer” and leave on “bye”. */
export class ScriptedAgents {
  readonly #options: ScriptedAgentsOptions;

  constructor(options: ScriptedAgentsOptions) {
    this.#options = options;
    const { centre, schedule } = options;
    centre.onEvent((event) => {
      this.#react(event);
    });
    schedule.handle('accept', (task) => {
      this.#accept(task);
    });
    schedule.handle('type', (task) => {
      this.#type(task);
    });
    schedule.handle('write', (task) => {
      this.#write(task);
    });
  }

  #react(event: CentreEvent): void {
    const { conversationId } = event;
    const { centre, schedule, delays } = this.#options;
    if (event.kind === 'queued') schedule.after(delays.acceptMs, 'accept', { conversationId, queueId: event.queue.id });
    if (event.kind === 'agent-joined') this.#writeSoon(conversationId, event.agent, { kind: 'greeting' });
    if (event.kind !== 'message-added' || !event.viaApi) return;
    const agent = centre.agentOf(conversationId);
    if (agent !== null) this.#writeSoon(conversationId, agent, this.#responseTo(event.message, centre.conversation(conversationId)));
  }

  #accept({ conversationId, queueId }: Tasks['accept']): void {
    const { centre, random } = this.#options;
    const { state, assignment } = centre.conversation(conversationId);
    const waiting = state === 'active' && assignment.type === 'queue' && assignment.id === queueId;
    if (waiting) centre.agentAccepts(conversationId, pickOne(centre.directory.queue(queueId).agentIds, random));
  }

  #responseTo({ text }: Message, conversation: Conversation): Line {
    if (/transfer/i.test(text)) return { kind: 'handover', queueId: this.#otherQueue(conversation).id };
    if (/bye/i.test(text)) return { kind: 'farewell' };
    if (/\bfile\b/i.test(text)) return { kind: 'file' };
    return { kind: 'answer', text };
  }

  /** Types, then writes, as long as the agent still has the conversation. */
  #writeSoon(conversationId: string, agent: Agent, line: Line): void {
    this.#options.schedule.after(this.#options.delays.noticeMs, 'type', { conversationId, agentId: agent.id, line });
  }

  #type(task: Tasks['type']): void {
    const { centre, schedule, delays } = this.#options;
    if (centre.agentOf(task.conversationId)?.id !== task.agentId) return;
    centre.agentTypes(task.conversationId);
    schedule.after(delays.typingMs, 'write', task);
  }

  #write({ conversationId, agentId, line }: Tasks['write']): void {
    const { centre, random } = this.#options;
    const agent = centre.agentOf(conversationId);
    if (agent?.id !== agentId) return;
    centre.agentSays(conversationId, this.#textOf(line, agent, centre.conversation(conversationId)));
    if (line.kind === 'farewell') centre.agentLeaves(conversationId);
    if (line.kind === 'handover') {
      centre.agentTransfers(conversationId, line.queueId, { order: pickOne(['transfer-first', 'left-first'], random) });
    }
  }

  #textOf(line: Line, agent: Agent, conversation: Conversation): string | NewMessage {
    const { files, directory } = this.#options.centre;
    switch (line.kind) {
      case 'greeting':
        return this.#greeting(agent, conversation);
      case 'answer':
        return answer(line.text, conversation.messages.length);
      case 'handover':
        return handover(directory.queue(line.queueId).name);
      case 'farewell':
        return farewell(agent.name);
      case 'file': {
        const chunks = [Buffer.from(summary(conversation.messages.map((message) => message.text)))];
        const attachment = files.add(conversation, { fileName: 'summary.txt', contentType: 'text/plain', chunks });
        return { text: 'Here is what we have written so far.', attachments: [attachment], cards: [] };
      }
    }
  }

  #greeting(agent: Agent, conversation: Conversation): NewMessage {
    const lastText = conversation.messages.findLast(({ text }) => text !== '');
    const text = greeting({
      customerName: conversation.customer.fields.name,
      agentName: agent.name,
      queueName: this.#options.centre.directory.queue(conversation.queueId).name,
      lastText: lastText?.author.type === 'user' ? lastText.text : undefined,
      returning: conversation.interactions.length > 1,
    });
    return { text, attachments: [], cards: [{ contentType: 'application/8x8.quick.replies', content: { options: OFFERS } }] };
  }

  #otherQueue({ queueId }: Conversation): Queue {
    const queues = [...this.#options.centre.directory.queues.values()];
    return pickOne(
      queues.filter(({ id }) => id !== queueId),
      this.#options.random,
    );
  }
}
