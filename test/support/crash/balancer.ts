import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { GatewayUrls } from './gateway-process.js';

/**
 * A load balancer as simple as they come: each new connection goes to the next gateway whose `/readyz` says at that moment that it is ready. Connections that are open it
 * leaves alone.
 */
export class Balancer {
  #gateways: readonly URL[] = [];
  #turn = 0;
  readonly #open = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.#track(socket);
      void this.#join(socket);
    });
  }

  static async start(): Promise<Balancer> {
    // What a client says first waits until there is someone to say it to.
    const server = createServer({ pauseOnConnect: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Balancer(server);
  }

  get urls(): GatewayUrls {
    const authority = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      graphqlUrl: `http://${authority}/graphql`,
      wsUrl: `ws://${authority}/graphql`,
      webhookUrl: `http://${authority}/webhooks/8x8`,
    };
  }

  /** From now on new connections go to these. */
  use(gateways: readonly GatewayUrls[]): void {
    this.#gateways = gateways.map(({ graphqlUrl }) => new URL(graphqlUrl));
  }

  stop(): void {
    this.server.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #join(client: Socket): Promise<void> {
    const target = await this.#nextReady();
    if (target === null) {
      client.destroy();
      return;
    }
    const gateway = connect(Number(target.port), target.hostname);
    this.#track(gateway);
    client.once('close', () => gateway.destroy());
    gateway.once('close', () => client.destroy());
    client.pipe(gateway).pipe(client);
  }

  async #nextReady(): Promise<URL | null> {
    const first = this.#turn++;
    for (let n = 0; n < this.#gateways.length; n += 1) {
      const gateway = this.#gateways[(first + n) % this.#gateways.length];
      if (gateway !== undefined && (await isReady(gateway))) return gateway;
    }
    return null;
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined).once('close', () => this.#open.delete(socket));
  }
}

async function isReady(url: URL): Promise<boolean> {
  try {
    const response = await fetch(new URL('/readyz', url), { headers: { connection: 'close' } });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}
