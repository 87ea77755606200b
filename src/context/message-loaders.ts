import type DataLoader from 'dataloader';
import type { ChatApi, ReadOptions } from '../datasources/chat-api.js';
import type { InteractionRecord } from '../domain/conversation.js';
import type { MessageRecord, NamedMessage } from '../domain/message.js';
import { windowInList, windowInSection } from '../domain/window.js';
import type { Window, WindowOf } from '../domain/window.js';
import type { Services } from './services.js';

type Page = WindowOf<NamedMessage>;

/** The messages that one request reads: each window once. */
export class MessageLoaders {
  readonly #pages = new Map<string, Promise<Page>>();
  readonly #pagesOfInteractions = new Map<string, Promise<Page | null>>();

  /** `optionsFor`: of a read of what belongs to a conversation. */
  constructor(
    private readonly services: Pick<Services, 'history' | 'log'>,
    private readonly api: ChatApi,
    private readonly interactions: DataLoader<string, readonly InteractionRecord[]>,
    private readonly optionsFor: (conversationId: string) => Promise<ReadOptions>,
  ) {}

  /** A window of a conversation's messages. */
  window(conversationId: string, window: Window): Promise<Page> {
    return once(this.#pages, toKey(conversationId, window), async () => {
      const read = await this.optionsFor(conversationId);
      return this.services.history.window(conversationId, window, (part) => this.api.messages(conversationId, part, read), read.asOf);
    });
  }

  /** A window of the messages of one interaction, positions counted from its first one. Null if the upstream does not say which they are. */
  ofInteraction(conversationId: string, interactionId: string, window: Window): Promise<Page | null> {
    return once(this.#pagesOfInteractions, toKey(JSON.stringify([conversationId, interactionId]), window), async () => {
      const interactions = await this.interactions.load(conversationId);
      const interaction = interactions.find((one) => one.interactionId === interactionId);
      if (interaction === undefined) return null;
      const read = await this.optionsFor(conversationId);
      const positions = await this.api.locateInteraction(conversationId, interaction, interactions, read);
      if (positions === null) return this.#amongOthers(conversationId, interaction, window);
      return windowInSection(await this.window(conversationId, windowInList(window, positions)), positions);
    });
  }

  async #amongOthers(conversationId: string, interaction: InteractionRecord, window: Window): Promise<Page | null> {
    const page = await this.api.interactionMessages(conversationId, interaction, window, await this.optionsFor(conversationId));
    return page === null ? null : { ...page, items: await this.services.history.name(conversationId, page.items) };
  }

  /** By its id in the upstream's list, which is the vendor's if it has one. Null if there is none. */
  async byListedId(conversationId: string, listedId: string): Promise<NamedMessage | null> {
    const record: MessageRecord | null = await this.api.message(conversationId, listedId, await this.optionsFor(conversationId));
    if (record === null) return null;
    return (await this.services.history.name(conversationId, [record]))[0] ?? null;
  }

  /** By the identity that the log assigned when it first saw the message. */
  async byKey(conversationId: string, key: string): Promise<NamedMessage | null> {
    const found = await this.services.log.findByIdentity(conversationId, key);
    const listedId = found === null ? /^m(.+)$/s.exec(key)?.[1] : (found.identity.listedId ?? undefined);
    const listed = listedId === undefined ? null : await this.byListedId(conversationId, listedId);
    return listed ?? (found?.event ? this.services.history.ofEvent(found.event) : null);
  }
}

/** The id comes last: it may hold anything. */
const toKey = (id: string, { kind, count, from, before }: Window): string => `${kind} ${count} ${from} ${before} ${id}`;

/** The promise under this key, of `read` if there is none yet; one that rejects is kept too. */
function once<T>(promises: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  let promise = promises.get(key);
  if (promise === undefined) {
    promise = read();
    promises.set(key, promise);
  }
  return promise;
}
