import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../support/command.js';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { GatewayProcess, portToKeep } from '../support/crash/gateway-process.js';
import type { GatewayUrls } from '../support/crash/gateway-process.js';
import { untilTrue } from '../support/until.js';

const QUERY = `query($id: ID!, $after: String) {
  conversation(id: $id) { latestCursor events(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }
}`;
interface Events {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
interface Answer {
  readonly data?: { readonly conversation: { readonly latestCursor: string; readonly events: Events } | null };
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}
const NOTHING: Events = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
const conversationIds = ['c1', 'c2', 'c3'];

describe('a backup of the event log', () => {
  let directory: string;
  let settings: Record<string, string>;
  let contactCentre: ContactCentreProcess;
  let gateway: GatewayProcess;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'log-backup-'));
    contactCentre = await ContactCentreProcess.start();
    settings = { EVENT_LOG: `file:${join(directory, 'data')}` };
    gateway = new GatewayProcess({ ...contactCentre.settings, ...settings, PORT: String(await portToKeep()) });
  });
  afterEach(async () => {
    await Promise.all([gateway.dispose(), contactCentre.kill()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const backup = () => join(directory, 'backup.db');
  const ask = async ({ graphqlUrl }: GatewayUrls, id: string, after: string | null) => {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY, variables: { id, after } }),
    });
    return (await response.json()) as Answer;
  };
  /** The ids of all stored events of the conversations. */
  const stored = async (urls: GatewayUrls) => {
    const ids: string[] = [];
    for (const id of conversationIds)
      for (let after: string | null = null; ;) {
        const { data } = await ask(urls, id, after);
        const { nodes, pageInfo } = data?.conversation?.events ?? NOTHING;
        ids.push(...nodes.map((node) => node.id));
        after = pageInfo.endCursor;
        if (!pageInfo.hasNextPage) break;
      }
    return ids;
  };

  it('is made under load, holds every event acknowledged before, and is restored under a new epoch', async () => {
    const urls = await gateway.start();
    const posted = contactCentre.post({ webhookUrl: urls.webhookUrl, conversationIds, lanes: 8, perSecond: 100 });
    await untilTrue(async () => (await stored(urls)).length > 100);
    const before = await stored(urls);
    const made = await run(['log', 'backup', backup()], settings);
    expect(made).toEqual({ code: 0, stdout: `Backed up ${join(directory, 'data', 'events.db')} to ${backup()}.\n`, stderr: '' });
    expect(statSync(backup()).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).toSorted()).toEqual(['backup.db', 'data']);
    const after = await stored(urls);
    contactCentre.finish();
    await posted;
    const cursor = (await ask(urls, 'c1', null)).data?.conversation?.latestCursor ?? '';

    const running = await run(['log', 'restore', backup(), '--replace'], settings);
    expect(running).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is open in another process: stop the gateway first') as string,
    });
    await gateway.stop();
    expect((await run(['log', 'restore', backup()], settings)).stderr).toContain('use --replace');
    expect(await run(['log', 'restore', backup(), '--replace'], settings)).toMatchObject({ code: 0, stderr: '' });

    const again = await gateway.start();
    const restored = await stored(again);
    expect(before.filter((id) => !restored.includes(id))).toEqual([]);
    expect(new Set(restored).size).toBe(restored.length);
    expect(restored.filter((id) => !after.includes(id))).toEqual([]);
    expect(await ask(again, 'c1', cursor)).toMatchObject({ errors: [{ extensions: { code: 'CURSOR_EXPIRED' } }] });
  }, 180_000);

  it('is created and restored without a running gateway', async () => {
    const urls = await gateway.start();
    const posted = contactCentre.post({ webhookUrl: urls.webhookUrl, conversationIds, lanes: 4, perSecond: null, total: 30 });
    await posted;
    const all = await stored(urls);
    // What it had acknowledged is partly in the WAL only.
    await gateway.kill();
    expect(await run(['log', 'backup', backup(), '--json'], settings)).toEqual({
      code: 0,
      stdout: `${JSON.stringify({ file: backup(), log: join(directory, 'data', 'events.db') })}\n`,
      stderr: '',
    });
    rmSync(join(directory, 'data'), { recursive: true });
    expect(await run(['log', 'restore', backup()], settings)).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(join(directory, 'data')).mode & 0o777).toBe(0o700);
    expect(await stored(await gateway.start())).toEqual(all);
  });

  it('fails with one line if it cannot be created or restored', async () => {
    const fails = async (line: string, code: number, args: string[], environment: Record<string, string> = settings) =>
      expect(await run(['log', ...args], environment)).toEqual({ code, stdout: '', stderr: expect.stringContaining(line) as string });
    const text = join(directory, 'text.db');
    writeFileSync(text, 'This is no log. '.repeat(500));
    await fails('There is no event log at', 1, ['backup', backup()]);
    await fails(`There is no file ${backup()}`, 1, ['restore', backup()]);
    await fails(`${text} is not an event log`, 1, ['restore', text]);
    await gateway.start();
    await fails(`${text} exists already`, 1, ['backup', text]);
    await fails('ENOENT', 1, ['backup', join(directory, 'nowhere', 'backup.db')]);
    await fails('expected "backup" or "restore", got "delete"', 2, ['delete', text]);
    await fails('backup needs exactly one file', 2, ['backup']);
    await fails('The event log is in Redis: back up Redis itself', 1, ['backup', text], { EVENT_LOG: 'redis://127.0.0.1:1/0' });
    expect(readdirSync(directory).toSorted()).toEqual(['data', 'text.db']);
  });
});
