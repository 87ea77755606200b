import { once } from 'node:events';
import type WebSocket from 'ws';
import type { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';
import { connectRaw } from './raw-socket.js';

/** How many subscriptions the gateway says that it has. */
export async function subscriptionsOf(gateway: RunningGateway): Promise<number> {
  const metrics = await (await fetch(`${gateway.addresses.url}/metrics`)).text();
  return Number(/^gateway_subscriptions (\d+)$/m.exec(metrics)?.[1]);
}

/** One subscription; the alias of its field distinguishes it from others under the same id. */
interface Generation {
  readonly id: string;
  readonly alias: string;
  readonly received: string[];
  /** The gateway has read the client's complete. */
  isOver: boolean;
}

interface Received {
  readonly id?: string;
  readonly type: string;
  readonly payload?: { readonly barrier?: number; readonly data?: Readonly<Record<string, { message: { text: string } }>> };
}

const IDS = ['a', 'b', 'c'];

/** Subscribes and completes at random over one socket, under few ids and without pauses, and checks what comes against a model. */
export class SocketRace {
  readonly faults: string[] = [];
  readonly #open = new Map<string, Generation>();
  readonly #byAlias = new Map<string, Generation>();
  readonly #holdPoints = new Map<number, () => void>();
  #said = 0;

  private constructor(
    private readonly gateway: RunningGateway,
    private readonly conversationId: string,
    private readonly random: () => number,
    private readonly socket: WebSocket,
  ) {
    socket.on('message', (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Received));
    socket.once('close', (code) => code !== 1005 && this.faults.push(`closed with ${code}`));
  }

  static async start(gateway: RunningGateway, conversationId: string, random: () => number): Promise<SocketRace> {
    return new SocketRace(gateway, conversationId, random, await connectRaw(gateway.addresses.wsUrl));
  }

  async play(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      const id = IDS[Math.floor(this.random() * IDS.length)] ?? 'a';
      const open = this.#open.get(id);
      if (this.random() < 0.2) this.#say();
      else if (open === undefined) this.#subscribe(id);
      else this.#complete(open);
      // Now and then the other side gets a chance.
      if (this.random() < 0.1) await this.#barrier();
    }
  }

  /** What is said last reaches each that is open, once; then all are completed, and the socket closed. */
  async finish(): Promise<void> {
    await this.#barrier();
    const open = [...this.#open.values()];
    // Live from some moment on: said again until each has heard it.
    await untilTrue(async () => {
      this.#say();
      await this.gateway.simulator.webhookSender.settled();
      await this.#barrier();
      return open.every(({ received }) => received.length > 0) || this.faults.length > 0;
    });
    for (const generation of open) this.#complete(generation);
    await this.#barrier();
    this.#say();
    await this.gateway.simulator.webhookSender.settled();
    await this.#barrier();
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  #say(): void {
    this.gateway.simulator.centre.agentSays(this.conversationId, `said ${(this.#said += 1)}`);
  }

  #subscribe(id: string): void {
    const generation = { id, alias: `g${this.#byAlias.size}`, received: [], isOver: false };
    this.#open.set(id, generation);
    this.#byAlias.set(generation.alias, generation);
    const query = `subscription($id: ID!) { ${generation.alias}: messageAdded(conversationId: $id) { message { text } } }`;
    this.#send({ id, type: 'subscribe', payload: { query, variables: { id: this.conversationId } } });
  }

  #complete(generation: Generation): void {
    this.#open.delete(generation.id);
    this.#send({ id: generation.id, type: 'complete' });
    void this.#barrier().then(() => (generation.isOver = true));
  }

  /** Resolves when the gateway has read all that was sent before. */
  #barrier(): Promise<void> {
    const barrier = this.#holdPoints.size;
    const reached = new Promise<void>((resolve) => this.#holdPoints.set(barrier, resolve));
    this.#send({ type: 'ping', payload: { barrier } });
    return reached;
  }

  #receive({ id, type, payload }: Received): void {
    if (type === 'pong') this.#holdPoints.get(payload?.barrier ?? -1)?.();
    else if (type === 'next') this.#note(String(id), payload?.data ?? {});
    else if (type !== 'ping') this.faults.push(`${type} for ${String(id)}`);
  }

  #note(id: string, data: Readonly<Record<string, { message: { text: string } }>>): void {
    const [alias = '', value] = Object.entries(data)[0] ?? [];
    const generation = this.#byAlias.get(alias);
    const text = value?.message.text ?? '';
    if (generation?.id !== id) this.faults.push(`a result of ${alias} under ${id}`);
    else if (generation.isOver) this.faults.push(`${text} for ${alias} after its complete`);
    else if (generation.received.includes(text)) this.faults.push(`${text} for ${alias} twice`);
    generation?.received.push(text);
  }

  #send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }
}
