import WebSocket from 'ws';
import { describeExample } from '../../support/needs.js';
import { RunningGateway } from '../../support/running-gateway.js';
import { untilTrue } from '../../support/until.js';
import { CREATED, FollowedConversation } from '../followed-conversation.js';

/** The recipe as built; relay-runtime declares no types of its own. */
interface Recipe {
  relayEnvironment(httpUrl: string, options: object): { environment: unknown; stop(): Promise<void> };
  openThread(environment: unknown, id: string, count: number): Promise<Thread>;
}
interface Thread {
  readonly over: Promise<void>;
  messages(): { readonly edges: readonly { readonly node: { readonly id: string; readonly text: string } }[] };
  readOn(): Promise<unknown>;
  close(): void;
}

describeExample('recipes', 'build:recipes')('Relay', () => {
  let gateway: RunningGateway;
  let conversation: FollowedConversation;
  let recipe: Recipe;
  beforeAll(async () => {
    const built = new URL('../../../examples/recipes/dist/relay.js', import.meta.url).href;
    recipe = (await import(built)) as Recipe;
    gateway = await RunningGateway.start();
    conversation = await FollowedConversation.create(gateway);
    gateway.simulator.centre.agentAccepts(conversation.id);
    for (const text of ['one', 'two', 'three']) gateway.simulator.centre.agentSays(conversation.id, text);
    await conversation.expectNext(...CREATED, 'AGENT_JOINED', 'MESSAGE_ADDED', 'MESSAGE_ADDED', 'MESSAGE_ADDED');
    await conversation.stop();
  });
  afterAll(() => gateway.stop());

  /** A thread of which the last message is read; and the variables of every subscription that goes out. */
  async function open() {
    const subscribed: { id: string; after: string }[] = [];
    class Observed extends WebSocket {
      override send(data: string): void {
        const { type, payload } = JSON.parse(data) as { type: string; payload: { variables: { id: string; after: string } } };
        if (type === 'subscribe') subscribed.push(payload.variables);
        super.send(data);
      }
    }
    const { graphqlUrl, wsUrl } = gateway.addresses;
    const { environment, stop } = recipe.relayEnvironment(graphqlUrl, { url: wsUrl, webSocketImpl: Observed, firstWaitMs: 100 });
    const thread = await recipe.openThread(environment, conversation.id, 1);
    const texts = () => thread.messages().edges.map(({ node }) => node.text);
    const close = async () => {
      thread.close();
      // Rejects where the gateway refused it.
      await thread.over;
      await stop();
    };
    return { thread, texts, subscribed, stop: close };
  }

  it('joins pages and events in one connection, each message once', async () => {
    const { thread, texts, stop } = await open();
    expect(texts()).toEqual(['three']);
    gateway.simulator.centre.agentSays(conversation.id, 'four');
    await untilTrue(() => texts().length === 2);
    await thread.readOn();
    expect(texts()).toEqual(['two', 'three', 'four']);
    const ids = thread.messages().edges.map(({ node }) => node.id);
    expect(new Set(ids).size).toBe(3);
    await stop();
  });

  it('resumes after the last event when the gateway restarts', async () => {
    const { texts, subscribed, stop } = await open();
    gateway.simulator.centre.agentSays(conversation.id, 'five');
    await untilTrue(() => texts().length === 2);
    const port = Number(new URL(gateway.addresses.url).port);
    await gateway.gateway.close();
    gateway.simulator.centre.agentSays(conversation.id, 'six');
    await gateway.restart(port);
    await untilTrue(() => texts().length === 3);
    expect(texts()).toEqual(['four', 'five', 'six']);
    const [first, ...again] = subscribed;
    // It reconnected with the cursor of an event that arrived after the one that it began with.
    expect(again.at(-1)).toMatchObject({ id: first?.id, after: expect.any(String) });
    expect(again.at(-1)?.after).not.toBe(first?.after);
    await stop();
  });

  it('rejects when the gateway rejects it', async () => {
    const { graphqlUrl, wsUrl } = gateway.addresses;
    const { environment, stop } = recipe.relayEnvironment(graphqlUrl, { url: wsUrl, webSocketImpl: WebSocket });
    await expect(recipe.openThread(environment, 'nobody', 1)).rejects.toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    await stop();
  });
});
