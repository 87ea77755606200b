import { LogUnavailableError } from '../../../../src/events/port/errors.js';
import { Replicas } from '../../../../src/events/redis/replicas.js';
import type { Commands } from '../../../../src/events/redis/script.js';

const written = (field: string) => ({ key: '{chat:0}:i:c1', field, value: '1-1' });

/** A Redis that answers as scripted, and records what it is sent, one line for a pipeline. */
class FakeRedis {
  readonly sent: string[] = [];
  readonly commands = { pipeline: () => this.#pipeline() } as unknown as Commands;

  /** `missing`: the field that it does not have. */
  constructor(
    private readonly waited: unknown,
    private readonly missing = '',
  ) {}

  #pipeline() {
    const calls: (readonly [what: string, reply: unknown])[] = [];
    return {
      eval: (...[, , , field = '']: string[]) => calls.push([field, field === this.missing ? 0 : 1]),
      call: (...command: unknown[]) => calls.push([command.join(' '), this.waited]),
      exec: () => {
        this.sent.push(calls.map(([what]) => what).join(', '));
        return Promise.resolve(calls.map(([, reply]) => (reply instanceof Error ? [reply, undefined] : [null, reply])));
      },
    };
  }
}

const replicasOf = ({ commands }: FakeRedis, onDisk: boolean) => new Replicas({ commands, count: 2, waitMs: 500, onDisk });

it('waits once for all that was written, and then for what came meanwhile', async () => {
  const redis = new FakeRedis(2);
  const replicas = replicasOf(redis, false);
  const first = ['a', 'b', 'c'].map((field) => replicas.awaitReplicas(written(field)));
  await Promise.resolve();
  await Promise.all([...first, replicas.awaitReplicas(written('d')), replicas.awaitReplicas(written('e'))]);
  expect(redis.sent).toEqual(['a, b, c, WAIT 2 500', 'd, e, WAIT 2 500']);
});

it.each([
  ['WAIT', false, 2, true],
  ['WAIT', false, 1, false],
  ['WAITAOF', true, [1, 2], true],
  ['WAITAOF', true, [1, 3], true],
  ['WAITAOF', true, [0, 2], false],
  ['WAITAOF', true, [1, 1], false],
])('%s (on disk: %s) that gives %j is enough: %s', async (command, onDisk, reply, isEnough) => {
  const redis = new FakeRedis(reply);
  const held = replicasOf(redis, onDisk).awaitReplicas(written('a'));
  await (isEnough ? expect(held).resolves.toBeUndefined() : expect(held).rejects.toThrow(LogUnavailableError));
  expect(redis.sent).toEqual([`a, ${command === 'WAIT' ? 'WAIT 2 500' : 'WAIT 2 500, WAITAOF 1 2 500'}`]);
});

it('rejects what the server does not have, and only that', async () => {
  const replicas = replicasOf(new FakeRedis(2, 'b'), false);
  const held = await Promise.allSettled(['a', 'b', 'c'].map((field) => replicas.awaitReplicas(written(field))));
  expect(held.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('rejects what could not be waited for', async () => {
  await expect(replicasOf(new FakeRedis(new Error('UNBLOCKED')), false).awaitReplicas(written('a'))).rejects.toThrow('UNBLOCKED');
});
