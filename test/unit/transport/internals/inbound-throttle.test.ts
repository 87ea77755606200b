import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InboundThrottle } from '../../../../src/transport/internals/inbound-throttle.js';

/** A socket that reads what the test has it read. */
class Wire extends Duplex {
  override _read(): void {
    // The test decides when.
  }
}

async function wiresOf(count: number): Promise<{ wires: Wire[]; events: string[] }> {
  const incoming = new InboundThrottle();
  const events: string[] = [];
  const wires = Array.from({ length: count }, (_, n) => {
    const wire = new Wire({ allowHalfOpen: true });
    incoming.attach(wire);
    wire.on('data', (chunk: Buffer) => events.push(`${n}: ${chunk.toString()}`));
    wire.on('end', () => events.push(`${n}: end`));
    return wire;
  });
  // Until they flow.
  await nextTurn();
  return { wires, events };
}

describe('what comes in', () => {
  it('is passed on synchronously if it is little', async () => {
    const { wires, events } = await wiresOf(64);
    for (const wire of wires) wire.push('x');
    expect(events).toEqual(wires.map((_, n) => `${n}: x`));
  });

  it('is passed on in slices if it is much, between everything else, until all is passed on', async () => {
    const { wires, events } = await wiresOf(300);
    for (const wire of wires) wire.push('x');
    const counts = [events.length];
    while (events.length < 300) {
      await nextTurn();
      counts.push(events.length);
    }
    expect(counts.slice(0, 3)).toEqual([64, 128, 192]);
    expect(events).toEqual(wires.map((_, n) => `${n}: x`));
    await nextTurn();
    wires[0]?.push('again');
    expect(events.at(-1)).toBe('0: again');
  });

  it('stays in order on one socket, its end included, and is not read faster than it is passed on', async () => {
    const { wires, events } = await wiresOf(65);
    for (const wire of wires) wire.push('x');
    const last = wires.at(-1);
    expect(last?.push('y')).toBe(false);
    last?.push(null);
    expect(events).not.toContain('64: x');
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    expect(events.slice(-3)).toEqual(['64: x', '64: y', '64: end']);
  });

  it('is dropped where its socket is gone', async () => {
    const { wires, events } = await wiresOf(66);
    for (const wire of wires) wire.push('x');
    wires[64]?.destroy();
    await nextTurn();
    await nextTurn();
    expect(events).not.toContain('64: x');
    expect(events.at(-1)).toBe('65: x');
  });

  describe('over the network', () => {
    let server: Server;
    const clients: Socket[] = [];
    afterEach(async () => {
      for (const client of clients.splice(0)) client.destroy();
      server.close();
      await once(server, 'close');
    });

    it('arrives whole, however much many send in parallel', async () => {
      const incoming = new InboundThrottle();
      const [CLIENTS, BYTES] = [100, 1_000_000];
      const received: Promise<boolean>[] = [];
      const isOver = new Promise<void>((resolve) => {
        server = createServer({ allowHalfOpen: true }, (socket) => {
          incoming.attach(socket);
          const chunks: Buffer[] = [];
          socket.on('data', (chunk: Buffer) => chunks.push(chunk));
          received.push(
            once(socket, 'end').then(() => {
              socket.end();
              const all = Buffer.concat(chunks);
              return all.length === BYTES && all.every((byte, index) => byte === (index * 31) % 256);
            }),
          );
          if (received.length === CLIENTS) resolve();
        });
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const sent = Buffer.from(Array.from({ length: BYTES }, (_, index) => (index * 31) % 256));
      for (let n = 0; n < CLIENTS; n += 1) clients.push(connect((server.address() as AddressInfo).port, '127.0.0.1').end(sent));
      await isOver;
      expect(new Set(await Promise.all(received))).toEqual(new Set([true]));
    });
  });
});
