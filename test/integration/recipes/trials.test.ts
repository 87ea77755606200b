import { setTimeout as pause } from 'node:timers/promises';
import type { KillableGateway } from '../../support/killable-gateway.js';
import { describeExample } from '../../support/needs.js';
import { untilTrue } from '../../support/until.js';
import { CLIENTS } from './trials/clients.js';
import { startGateway, Trial } from './trials/trial.js';

/** All clients go through a trial in parallel. */
const PATIENCE_MS = 60_000;

describeExample('recipes', 'build:recipes')('recipes', () => {
  let gateway: KillableGateway;
  let trials: { readonly name: string; readonly trial: Trial }[] = [];
  beforeAll(async () => {
    gateway = await startGateway();
  }, PATIENCE_MS);
  afterAll(() => gateway.stop());

  /** A client each, which follows a conversation of its own; then what befalls them. */
  function after(what: string, setUp: (trial: Trial) => void, befall: () => Promise<void>): void {
    describe(`after ${what}`, () => {
      beforeAll(async () => {
        trials = await Promise.all(CLIENTS.map(async ([name]) => ({ name, trial: await Trial.begin(gateway) })));
        for (const { trial } of trials) setUp(trial);
        await Promise.all(
          CLIENTS.map(async ([, open], index) => {
            await trials[index]?.trial.follow(open);
          }),
        );
        await befall();
      }, PATIENCE_MS);
      afterAll(() => Promise.all(trials.map(({ trial }) => trial.end())));

      it.each(CLIENTS)('%s shows each message once and in order', async (name) => {
        await trials.find((one) => one.name === name)?.trial.isShown();
      });
    });
  }
  const each = (act: (trial: Trial) => unknown) =>
    Promise.all(
      trials.map(async ({ trial }) => {
        await act(trial);
      }),
    );

  after(
    'a restart by kill -9',
    () => undefined,
    async () => {
      await gateway.kill();
      await each((trial) => trial.say('meanwhile'));
      await gateway.startAgain();
      await each((trial) => trial.isShown());
      await each((trial) => trial.say('again'));
    },
  );

  after(
    // A minute holds some six tries with the recipes' own waits.
    'an absence of many tries, answered 503 and refused',
    () => undefined,
    async () => {
      await each(({ wire }) => wire.answerWith(503));
      await each((trial) => trial.say('meanwhile'));
      await each(async ({ wire }) => {
        const before = wire.attempts;
        await untilTrue(() => wire.attempts > before + 6);
      });
      await each(({ wire }) => wire.stop());
      await pause(1_000);
      await each(({ wire }) => wire.start());
      await each((trial) => trial.say('again'));
    },
  );

  after(
    'a silently dead connection',
    () => undefined,
    async () => {
      await each(({ wire }) => wire.fallSilent());
      await each((trial) => trial.say('meanwhile'));
      await each(async ({ wire }) => {
        // It has noticed, and that the next one is as dead.
        const before = wire.attempts;
        await untilTrue(() => wire.attempts > before + 1);
        wire.carryNew();
      });
      await each((trial) => trial.say('again'));
    },
  );

  after(
    'an expired token',
    (trial) => trial.expireIn(3),
    async () => {
      await each((trial) => untilTrue(() => trial.renewals > 0));
      await each((trial) => trial.say('again'));
    },
  );

  after(
    'CURSOR_EXPIRED',
    () => undefined,
    async () => {
      await each(({ wire }) => wire.stop());
      await each((trial) => trial.erase());
      await each((trial) => trial.say('meanwhile'));
      await each(({ wire }) => wire.start());
      await each((trial) => trial.isShown());
      await each((trial) => trial.say('again'));
    },
  );
});
