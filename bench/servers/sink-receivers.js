// Receivers of sinks, by the path of a request: `/fast` answers immediately, `/slow` after 1 to 5 s, `/hanging` never.
import { createServer } from 'node:http';

const ANSWERS = {
  '/fast': (answer) => answer(),
  '/slow': (answer) => setTimeout(answer, 1_000 + 4_000 * Math.random()),
  '/hanging': () => undefined,
};
let received = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(String(received));
  request.resume();
  request.on('end', () => {
    received += 1;
    ANSWERS[request.url](() => response.writeHead(204).end());
  });
});
process.on('SIGTERM', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  console.log(JSON.stringify({ msg: 'listening', port, url: `http://127.0.0.1:${port}` }));
});
