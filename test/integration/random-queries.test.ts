import { Kind, OperationTypeNode, getOperationAST, parse } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import { buildSchema } from '../../src/resolvers/build-schema.js';
import { FederationResolver } from '../../src/resolvers/federation/federation-resolver.js';
import { describeGenerations } from '../support/generations.js';
import { patiently } from '../support/patience.js';
import { Chance } from '../support/random-execution/chance.js';
import type { KnownValues } from '../support/random-execution/random-values.js';
import { WAYS } from '../support/random-queries/asker.js';
import type { Question, Reply, Way } from '../support/random-queries/asker.js';
import { comparable, fromFirstDifference, isTooComplex } from '../support/random-queries/comparable.js';
import { forbiddenFields } from '../support/random-queries/forbidden-fields.js';
import { knownArguments } from '../support/random-queries/known-arguments.js';
import { interpreted, randomQuestion } from '../support/random-queries/random-question.js';
import { firstSeed } from '../support/first-seed.js';
import { ROLES, SECRET_MARK, SeededGateway } from '../support/random-queries/seeded-conversations.js';
import type { Role } from '../support/random-queries/seeded-conversations.js';
import { SECRET } from '../support/tokens.js';

/** `RANDOM_QUERIES=10000` sends that many of each kind to each generation; `RANDOM_QUERIES_SEED=17` begins with that seed, as a failure names it. */
const RUNS = Number(process.env['RANDOM_QUERIES'] ?? 40);
const FIRST_SEED = firstSeed('RANDOM_QUERIES_SEED');
const TIMEOUT_MS = 60_000 + RUNS * 1_000;
/** From the third time on a document may be compiled. */
const TIMES = 4;
const AT_ONCE = 4;
/** How many results of a subscription are looked at. */
const RESULTS = 3;
const LONGEST_QUOTE = 3_000;
/** Mostly those who are answered something. */
const MOSTLY_KNOWN: readonly Role[] = ['ADMIN', 'ADMIN', 'ADMIN', 'CUSTOMER', ...ROLES];
const LONGEST_ANSWER_MS = patiently(20_000);
const FAULTS = { latency: 20, 'rate-limited': 0.1, 'server-error': 0.1, reset: 0.05, 'half-answer': 0.05 };

const schema = buildSchema([FederationResolver]);

interface Asked {
  readonly seed: number;
  readonly role: Role;
  readonly question: Question;
}

function hasOneField({ query, operationName }: Question): boolean {
  const { selections = [] } = getOperationAST(parse(query), operationName)?.selectionSet ?? {};
  return selections.length === 1 && selections[0]?.kind === Kind.FIELD;
}

const isCustomer = (role: Role) => role === 'CUSTOMER' || role === 'CUSTOMER_BY_ID' || role === 'ANONYMOUS';

describeGenerations(`random documents, from seed ${FIRST_SEED} on`, (generation) => {
  let gateway: SeededGateway;
  let known: KnownValues;
  let problems: string[] = [];
  let slowestMs = 0;
  let statistics: Record<string, number> = {};
  beforeAll(async () => {
    gateway = await SeededGateway.start(generation);
    known = await knownArguments(gateway);
  });
  afterAll(() => gateway.stop());
  beforeEach(() => {
    problems = [];
    statistics = {};
    slowestMs = 0;
  });
  afterEach(async () => {
    gateway.simulator.faults.set({});
    if (process.env['RANDOM_QUERIES'] !== undefined) console.log(generation.name, { slowestMs, ...statistics });
    expect(problems).toEqual([]);
    expect((await gateway.asker.ask({ query: '{ viewer { role } }' }, 'ADMIN')).data).toEqual({ viewer: { role: 'ADMIN' } });
    expect(gateway.process.lines.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });

  function report({ seed, role, question }: Asked, what: string, ...replies: string[]): void {
    problems.push(
      [
        what,
        `RANDOM_QUERIES_SEED=${seed}, ${role}`,
        question.query,
        JSON.stringify(question.variables),
        question.operationName,
        ...replies.map((text) => text.slice(0, LONGEST_QUOTE)),
      ].join('\n'),
    );
  }

  /** What must not be in any answer to this role. */
  function leakIn(role: Role, { text, data }: Reply): string | null {
    const { simulator, foreign } = gateway;
    const everywhere = [new URL(simulator.url).host, simulator.apiKey, simulator.apiSecret, SECRET, 'node_modules', '/dist/', '    at '];
    const found = everywhere.find((part) => text.includes(part));
    if (found !== undefined || !isCustomer(role)) return found ?? null;
    const channels = [...simulator.centre.directory.channels.values()].flatMap(({ id, name }) => [id, name]);
    const shown = JSON.stringify(data).replace(
      /"([\w-]{8,})"/g,
      (whole, word: string) => `${whole} ${Buffer.from(word, 'base64url').toString()}`,
    );
    const hidden = [...foreign, ...channels, '/webhooks/8x8'];
    return hidden.find((part) => shown.includes(part)) ?? (text.includes(SECRET_MARK) ? SECRET_MARK : null);
  }

  async function ask(asked: Asked, question: Question, way: Way): Promise<Reply> {
    const started = performance.now();
    const reply = await gateway.asker.ask(question, asked.role, way);
    const tookMs = performance.now() - started;
    slowestMs = Math.max(slowestMs, tookMs);
    if (tookMs > LONGEST_ANSWER_MS) report(asked, `took ${tookMs} ms`, reply.text);
    return checked(asked, reply);
  }

  const follow = async (asked: Asked, question: Question): Promise<Reply[]> =>
    (await gateway.asker.follow(question, asked.role, RESULTS)).map((reply) => checked(asked, reply));

  function checked(asked: Asked, reply: Reply): Reply {
    const codes = reply.errors.map(({ extensions }: GraphQLFormattedError) => String(extensions?.['code']));
    for (const code of codes.length === 0 ? ['ok'] : codes) statistics[code] = (statistics[code] ?? 0) + 1;
    if (codes.some((code) => code === 'INTERNAL_SERVER_ERROR' || code === 'undefined')) report(asked, 'internal error', reply.text);
    const leak = leakIn(asked.role, reply);
    if (leak !== null) report(asked, `shows ${leak}`, reply.text);
    const role = asked.role === 'CUSTOMER_BY_ID' ? 'CUSTOMER' : asked.role;
    const forbidden = forbiddenFields(schema, asked.question, reply.data, role);
    if (forbidden.length > 0) report(asked, `answers ${forbidden.join()}`, reply.text);
    return reply;
  }

  /** Asks as many random documents as are to be asked, several in parallel. */
  async function forAll(
    kind: OperationTypeNode,
    roles: readonly Role[],
    visit: (asked: Asked, chance: Chance) => Promise<void>,
    atOnce = AT_ONCE,
  ) {
    let seed = FIRST_SEED;
    let asked = 0;
    const worker = async () => {
      while (asked < RUNS && problems.length < 10) {
        const own = (seed += 1) - 1;
        const question = randomQuestion(own, { schema, known, kind });
        if (question === null) continue;
        asked += 1;
        const chance = new Chance(own);
        await visit({ seed: own, role: chance.pick(roles) ?? 'ADMIN', question }, chance).catch((error: unknown) => {
          report({ seed: own, role: 'ADMIN', question }, String(error));
        });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  it(
    'answers queries in the same way each time',
    async () => {
      await forAll(OperationTypeNode.QUERY, MOSTLY_KNOWN, async (asked, chance) => {
        const { question } = asked;
        const expected = comparable(await ask(asked, interpreted(question), 'POST'));
        const replies: Reply[] = [];
        for (let time = 0; time < TIMES; time += 1) replies.push(await ask(asked, question, chance.pick(WAYS)));
        // Of the document's limits some count what makes it interpreted.
        const other = replies.find((reply) => comparable(reply) !== expected && !isTooComplex(reply));
        if (other === undefined) return;
        // Something may have changed in between.
        const again = comparable(await ask(asked, interpreted(question), 'POST'));
        if (again === expected) report(asked, 'answers differ', ...fromFirstDifference(expected, comparable(other)));
        else statistics['changed'] = (statistics['changed'] ?? 0) + 1;
      });
    },
    TIMEOUT_MS,
  );

  it(
    'delivers events in the same way each time',
    async () => {
      await forAll(OperationTypeNode.SUBSCRIPTION, MOSTLY_KNOWN, async (asked) => {
        const expected = await follow(asked, interpreted(asked.question));
        for (let time = 0; time < TIMES; time += 1) {
          const results = await follow(asked, asked.question);
          const both = expected
            .slice(0, results.length)
            .map((reply, index) => [comparable(reply), comparable(results[index] ?? reply)] as const);
          const differing = both.find(([one, other]) => one !== other);
          if (differing !== undefined) report(asked, 'results differ', ...fromFirstDifference(...differing));
        }
      });
    },
    TIMEOUT_MS,
  );

  it(
    'answers queries while the contact centre fails',
    async () => {
      gateway.simulator.faults.set(FAULTS);
      await forAll(OperationTypeNode.QUERY, MOSTLY_KNOWN, async (asked, chance) => {
        for (let time = 0; time < TIMES; time += 1) await ask(asked, asked.question, chance.pick(WAYS));
      });
    },
    TIMEOUT_MS,
  );

  it(
    'lets customers change nothing of others',
    async () => {
      const { centre } = gateway.simulator;
      const state = () =>
        JSON.stringify([gateway.foreign.map((id) => centre.find(id)), [...centre.directory.channels], [...centre.directory.webhooks]]);
      const before = state();
      await forAll(OperationTypeNode.MUTATION, ['CUSTOMER', 'CUSTOMER_BY_ID', 'ANONYMOUS'], async (asked, chance) => {
        for (let time = 0; time < TIMES; time += 1) await ask(asked, asked.question, chance.pick(['POST', 'persisted', 'WebSocket']));
        if (state() !== before) report(asked, 'changed what is not its own');
      });
    },
    TIMEOUT_MS,
  );

  it(
    'makes a change once for one request',
    async () => {
      const { calls } = gateway.simulator;
      await forAll(
        OperationTypeNode.MUTATION,
        ['ADMIN'],
        async (asked, chance) => {
          for (let time = 0; time < TIMES; time += 1) {
            calls.length = 0;
            await ask(asked, asked.question, chance.pick(['POST', 'persisted', 'WebSocket']));
            const changes = calls.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
            if (changes.length > 1 && hasOneField(asked.question)) report(asked, 'changes twice', ...changes);
          }
        },
        1,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'answers mutations, also while the contact centre fails',
    async () => {
      for (const faults of [{}, FAULTS]) {
        gateway.simulator.faults.set(faults);
        await forAll(OperationTypeNode.MUTATION, ['SERVICE', 'ADMIN'], async (asked, chance) => {
          for (let time = 0; time < TIMES; time += 1) await ask(asked, asked.question, chance.pick(['POST', 'persisted', 'WebSocket']));
        });
      }
    },
    TIMEOUT_MS,
  );
});
