// The limit for webhooks: `node:http` and one check of an RSA signature. Nothing is parsed, stored or delivered.
import { constants, createPublicKey, verify } from 'node:crypto';
import http from 'node:http';
import { crc32 } from 'node:zlib';

const answer = await fetch(`${process.env.UPSTREAM_URL}/chat-gateway/v1/jwk/bench-key/public`);
const key = createPublicKey({ key: await answer.json(), format: 'jwk' });
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { headers } = request;
    const [header, , signature] = headers['x-8x8-signature'].split('.');
    const payload = JSON.stringify({
      checksum: crc32(Buffer.concat(chunks)),
      cid: headers['x-8x8-customer-id'],
      eid: headers['x-8x8-event-id'],
      retry: Number(headers['x-8x8-retry']),
      tid: headers['x-8x8-tenant-id'],
      tt: Number(headers['x-8x8-transmission-time']),
    });
    const isValid = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(signature, 'base64url'),
    );
    response.writeHead(isValid ? 204 : 401).end();
  });
});
process.on('SIGTERM', () => process.exit(0));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(JSON.stringify({ msg: 'listening', webhookUrl: `http://127.0.0.1:${server.address().port}/webhooks/8x8` })),
);
