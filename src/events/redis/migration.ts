import { fillInbox } from './fill-inbox.js';
import type { Keys } from './keys.js';
import type { Commands } from './script.js';
import { chainScript } from './scripts/message-identities.js';

/** Conversations migrated per step. */
const STEP = 200;

/**
 * Migrates a log of an earlier format, and fills its inbox, which formats before 4 lack. Entries of format 4 are read as they are: their summaries lack no event. What format 2
 * wrote is still read; `chainScript` brings format 1 to it. Records of the last release of format 1 only lack fields added since; earlier ones of that format kept the identities of
 * equal messages in lists. Gateways of that last release may keep writing meanwhile, and the migration may be repeated.
 */
export async function migrate(commands: Commands, keys: Keys): Promise<void> {
  for (const { base } of keys.all()) {
    for (let from = 0, count = STEP; count === STEP; from += STEP) {
      const conversations = await commands.zrange(`${base}kn`, String(from), String(from + STEP - 1));
      count = conversations.length;
      await Promise.all(conversations.map((hash) => chainScript.run(commands, { base, hash })));
    }
  }
  await fillInbox(commands, keys);
}
