import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readFromRoot } from '../support/deployed-settings.js';
import { describeWith } from '../support/needs.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The system calls that the unit allows: what a name lists is added, and removed after a `~`. */
function allowedCalls(): ReadonlySet<string> {
  const listed = execFileSync('systemd-analyze', ['syscall-filter', '--no-pager'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const groups = new Map<string, string[]>();
  for (const line of listed.split('\n')) {
    const [, indent, name = ''] = /^(?:# )?( {4})?(@?[\w-]+)$/.exec(line) ?? [];
    if (indent === undefined && name.startsWith('@')) groups.set(name, []);
    else if (name !== '') [...groups.values()].at(-1)?.push(name);
  }
  const expand = (name: string): string[] => (name.startsWith('@') ? (groups.get(name) ?? []).flatMap(expand) : [name]);
  // What every filter allows.
  const allowed = new Set(expand('@default'));
  for (const [, line = ''] of readFromRoot('deploy/systemd/chat-graphql-gateway.service').matchAll(/^SystemCallFilter=(.*)$/gm))
    for (const call of line.replace('~', '').split(' ').flatMap(expand))
      if (line.startsWith('~')) allowed.delete(call);
      else allowed.add(call);
  return allowed;
}

describeWith('systemd-analyze', 'apt-get install systemd')('the system calls that the systemd unit allows', () => {
  describeWith('strace', 'apt-get install strace')('are compared with those that strace sees:', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'systemd-test-'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    it('a gateway that starts, stores events, reports metrics and drains makes no other', async () => {
      const trace = join(directory, 'trace');
      const env = { PATH: process.env['PATH'], PORT: '0', EVENT_LOG: `file:${directory}/data` };
      // Its process id stays that of the gateway.
      const strace = ['-D', '-f', '-qq', '-o', trace, process.execPath, '--max-semi-space-size=32', MAIN];
      const gateway = spawn('strace', strace, { env, stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(gateway, 'close');
      for await (const line of createInterface(gateway.stdout)) {
        const { msg, graphqlUrl = '' } = JSON.parse(line) as { msg: string; graphqlUrl?: string };
        if (msg === 'listening') {
          await (await fetch(new URL('/metrics', graphqlUrl))).text();
          const query = `{ channels(first: 1) { nodes { id } } }`;
          const headers = { 'content-type': 'application/json' };
          const channels = await fetch(graphqlUrl, { method: 'POST', headers, body: JSON.stringify({ query }) });
          const { data } = (await channels.json()) as { data: { channels: { nodes: { id: string }[] } } };
          const mutation = `mutation($id: ID!) { createConversation(input: { channelId: $id, customer: {} }) { cursor } }`;
          const body = JSON.stringify({ query: mutation, variables: { id: data.channels.nodes[0]?.id } });
          await (await fetch(graphqlUrl, { method: 'POST', headers, body })).text();
        }
        // Its agents answer, and their events are stored.
        if (msg === 'webhook accepted') gateway.kill('SIGTERM');
      }
      expect(await closed).toEqual([0, null]);
      const made = new Set([...readFileSync(trace, 'utf8').matchAll(/^\d+ +(\w+)\(/gm)].map(([, name = '']) => name));
      expect(made.size).toBeGreaterThan(30);
      const allowed = allowedCalls();
      expect(allowed.has('ptrace')).toBe(false);
      expect([...made].filter((call) => !allowed.has(call))).toEqual([]);
    });
  });
});
