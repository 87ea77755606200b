// A collector that takes everything and keeps nothing, so that what is measured is the gateway alone.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'content-type': request.headers['content-type'] }).end());
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${server.address().port}` })));
process.once('SIGTERM', () => process.exit(0));
