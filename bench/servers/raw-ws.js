// The limit for deliveries: `ws` and ready texts, nothing else. Topics are the last part of the path; `feed.js` generates the events.
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { serveFeed } from '../lib/feed.js';

const TEXT =
  '{"id":"1","type":"next","payload":{"data":{"messageAdded":{"id":"ID","cursor":"CURSORCURSORCURSORCURSORCURSORCURSORCURSORCURSOR","occurredAt":"2026-01-01T00:00:00.000Z","message":{"id":"TWVzc2FnZTpjMTIzNDU2Nzg5MDplMTIzNDU2Nzg5MA","text":"A message as long as people write when they describe what went wrong with their order.","createdAt":"2026-01-01T00:00:00.000Z","author":{"type":"CUSTOMER"}}}},"extensions":{"cursor":"CURSORCURSORCURSORCURSORCURSORCURSORCURSORCURSOR"}}}';
const topics = new Map();
const http = createServer((request, response) => void feed(request, response));
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' });
http.on('upgrade', (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (ws) => {
    ws.on('message', (data) => {
      const { type, id, payload } = JSON.parse(data);
      if (type === 'connection_init') ws.send('{"type":"connection_ack"}');
      if (type !== 'subscribe') return;
      const topic = payload.variables.id;
      if (!topics.has(topic)) topics.set(topic, new Set());
      topics.get(topic).add({ ws, id });
      ws.on('close', () => topics.delete(topic));
    });
  }),
);
const feed = serveFeed({
  publish: (topic, eventId) => {
    const text = TEXT.replace('ID', eventId);
    for (const { ws } of topics.get(topic) ?? []) ws.send(text);
  },
  unsent: (topic) => {
    let bytes = 0;
    for (const { ws } of topics.get(topic) ?? []) bytes = Math.max(bytes, ws.bufferedAmount);
    return bytes;
  },
});
process.on('SIGTERM', () => process.exit(0));
http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = http.address();
  console.log(JSON.stringify({ msg: 'listening', port, wsUrl: `ws://127.0.0.1:${port}/graphql`, feedPort: port }));
});
