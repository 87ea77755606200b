import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContactCentreProcess } from '../support/crash/contact-centre-process.js';
import { GatewayProcess } from '../support/crash/gateway-process.js';
import { acknowledgements, readSystemCalls, walSyncs } from '../support/crash/system-calls.js';
import type { Span } from '../support/crash/system-calls.js';

const SYSTEM_CALLS = 'read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fsync,fdatasync';
/** As a grandchild (-D), so that the gateway keeps the process id that it was started with. */
const tracerTo = (file: string) => ['strace', '-D', '-f', '-y', '-s', '32', '-e', 'signal=none', '-e', `trace=${SYSTEM_CALLS}`, '-o', file];

const [strace = '', ...options] = tracerTo('/dev/null');
const canTrace = spawnSync(strace, [...options, process.execPath, '--version'], { stdio: 'ignore' }).status === 0;
const describeTraced = canTrace ? describe : describe.skip;

// A kill cannot show this: what a process wrote and did not sync is lost only with the machine.
describeTraced(`an acknowledgement${canTrace ? '' : ' [needs strace, and leave to trace: apt-get install strace]'}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gateway-sync-'));
  let contactCentre: ContactCentreProcess | undefined;
  let gateway: GatewayProcess | undefined;

  afterEach(() => gateway?.dispose());

  afterAll(async () => {
    await contactCentre?.kill();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Posts events, `lanes` at a time, and gives what the gateway did for it. */
  async function posted(total: number, lanes: number): Promise<{ acks: Span[]; syncs: Span[] }> {
    const trace = join(directory, `trace-${lanes}`);
    contactCentre ??= await ContactCentreProcess.start();
    const settings = { ...contactCentre.settings, PORT: '0', EVENT_LOG: `file:${join(directory, `log-${lanes}`)}` };
    gateway = new GatewayProcess(settings, tracerTo(trace));
    const { webhookUrl } = await gateway.start();
    const ledger = await contactCentre.post({ webhookUrl, conversationIds: ['c1', 'c2'], lanes, perSecond: null, total });
    await gateway.stop();
    const calls = readSystemCalls(trace);
    const acks = acknowledgements(calls);
    expect(ledger.answers).toEqual({ '204': acks.length });
    expect(acks.length).toBeGreaterThan(total);
    const [first, last] = [acks[0]?.begunAt ?? 0, acks.at(-1)?.endedAt ?? 0];
    return { acks, syncs: walSyncs(calls).filter(({ begunAt, endedAt }) => begunAt > first && endedAt < last) };
  }

  it('follows a sync of its own, where requests come one after the other', async () => {
    const { acks, syncs } = await posted(100, 1);
    console.log(`one at a time: ${acks.length} acknowledgements, ${syncs.length} syncs`);
    expect(withoutSync(acks, syncs)).toEqual([]);
  }, 60_000);

  it('follows a sync that began after its request was read, and many share one, where 64 requests are in flight', async () => {
    const { acks, syncs } = await posted(2_000, 64);
    console.log(`64 at a time: ${acks.length} acknowledgements, ${syncs.length} syncs`);
    expect(withoutSync(acks, syncs)).toEqual([]);
    expect(syncs.length).toBeLessThan(acks.length / 3);
  }, 60_000);
});

/** Those with no sync that began after the request was read and was over before the answer was written. */
function withoutSync(acks: readonly Span[], syncs: readonly Span[]): Span[] {
  return acks.filter((ack) => !syncs.some((sync) => sync.begunAt > ack.begunAt && sync.endedAt < ack.endedAt));
}
