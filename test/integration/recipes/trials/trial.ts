import { KillableGateway } from '../../../support/killable-gateway.js';
import { FailingProxy } from '../../../support/failing-proxy.js';
import { SECRET, signed } from '../../../support/tokens.js';
import { untilTrue } from '../../../support/until.js';
import type { Access, Following } from './clients.js';

/** A gateway that checks tokens and can be killed. */
export const startGateway = (): Promise<KillableGateway> => KillableGateway.start({}, { AUTH: 'jwt', AUTH_SECRET: SECRET });

/** One client that follows one conversation, over a wire of its own. */
export class Trial {
  /** What it must show by now. */
  readonly said = ['before'];
  /** Tokens that it has asked for since the first expired. */
  renewals = 0;
  #expiresAt = Infinity;
  #following: Following | null = null;

  private constructor(
    private readonly gateway: KillableGateway,
    readonly wire: FailingProxy,
    readonly id: string,
  ) {}

  static async begin(gateway: KillableGateway): Promise<Trial> {
    const { channelId, centre } = gateway.simulator;
    const create = `mutation { createConversation(input: { channelId: "${channelId}", customer: {} }) { conversation { conversationId } } }`;
    const { createConversation } = await command<{ createConversation: { conversation: { conversationId: string } } }>(gateway, create);
    const id = createConversation.conversation.conversationId;
    const wire = new FailingProxy(Number(new URL(gateway.urls.graphqlUrl).port));
    await wire.start();
    const trial = new Trial(gateway, wire, id);
    centre.agentAccepts(id);
    centre.agentSays(id, 'before');
    return trial;
  }

  /** Has the client follow, until it shows what was said before it came and what is said then. */
  async follow(open: (access: Access, id: string) => Promise<Following>): Promise<void> {
    this.#following = await open(this.access, this.id);
    await this.isShown();
    this.say('live');
    await this.isShown();
  }

  get access(): Access {
    const graphqlUrl = `${this.wire.url}/graphql`;
    return { graphqlUrl, wsUrl: graphqlUrl.replace('http', 'ws'), token: () => this.#token() };
  }

  /** Tokens that are asked for expire in so many seconds, until they have. */
  expireIn(seconds: number): void {
    this.#expiresAt = Math.floor(Date.now() / 1_000) + seconds;
  }

  say(text: string): void {
    this.said.push(text);
    this.gateway.simulator.centre.agentSays(this.id, text);
  }

  /** Removes what the log has of the conversation, over another way. */
  async erase(): Promise<void> {
    await command(this.gateway, `mutation { eraseConversation(input: { conversationId: "${this.id}" }) { userErrors { code } } }`);
  }

  /** Each message, once and in order. */
  async isShown(): Promise<void> {
    let shown: readonly (string | null)[] = [];
    await untilTrue(async () => {
      shown = (await this.#following?.texts()) ?? [];
      return shown.length >= this.said.length;
    });
    expect(shown).toEqual(this.said);
  }

  async end(): Promise<void> {
    await this.#following?.stop();
    await this.wire.stop();
  }

  #token(): Promise<string> {
    // Each a viewer of its own, whose connections are counted: to the gateway, the dead ones are still there.
    const claims = { sub: `bot of ${this.id}`, scope: 'chat:service' };
    if (Date.now() < this.#expiresAt * 1_000 && this.#expiresAt !== Infinity) return signed({ ...claims, exp: this.#expiresAt });
    if (this.#expiresAt !== Infinity) this.renewals += 1;
    return signed(claims);
  }
}

async function command<T>({ urls }: KillableGateway, query: string): Promise<T> {
  const authorization = `Bearer ${await signed({ sub: 'admin', scope: 'chat:admin' })}`;
  const headers = { 'content-type': 'application/json', authorization };
  const response = await fetch(urls.graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
