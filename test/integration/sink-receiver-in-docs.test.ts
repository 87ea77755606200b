import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toCloudEvent } from '../../src/sinks/cloud-event.js';
import { parseSinks } from '../../src/sinks/settings.js';
import { signedHeaders } from '../../src/sinks/signature.js';
import { messageAdded } from '../contract/event-log/sample-events.js';
import { portToKeep } from '../support/crash/gateway-process.js';
import { newSecret } from '../support/sink-receiver.js';
import { untilTrue } from '../support/until.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [, code = ''] = /```js\n(.*?)```/s.exec(readFileSync(`${root}docs/sinks.md`, 'utf8')) ?? [];

it('the receiver in docs/sinks.md accepts what a sink sends, and nothing that is signed with another secret', async () => {
  const secret = newSecret();
  const port = await portToKeep();
  const env = { PATH: process.env['PATH'], SINK_SECRET: secret, PORT: String(port) };
  const receiver = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  try {
    const url = `http://127.0.0.1:${port}/`;
    await untilTrue(() =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
    const body = toCloudEvent(messageAdded('e1', 'Hello'), 'urn:test', { data: { message: { text: 'Hello' } }, incomplete: false });
    const post = async (signedWith: string) => {
      const [sink] = parseSinks(JSON.stringify([{ name: 's', url: 'https://x.example', secret: signedWith }]), () => undefined);
      const signed = signedHeaders('e1', body, sink?.secrets ?? [], Date.now());
      const headers = { ...signed, 'content-type': 'application/cloudevents+json; charset=utf-8' };
      return (await fetch(url, { method: 'POST', headers, body })).status;
    };
    expect(await post(newSecret())).toBe(401);
    expect(output).toBe('');
    expect(await post(secret)).toBe(204);
    await untilTrue(() => output.includes("e1 chat-graphql-gateway.MESSAGE_ADDED c1 { message: { text: 'Hello' } }"));
  } finally {
    receiver.kill();
    await once(receiver, 'close');
  }
}, 60_000);
