import type { Keys } from './keys.js';
import type { Commands } from './script.js';
import { chainScript } from './scripts/message-identities.js';

/** Conversations looked at in one step. */
const STEP = 200;

/**
 * Brings a log of format 1 to format 2. The records of the last release of format 1 are those of format 2 but for fields that were added since; earlier ones of that format kept the names of
 * equal messages in lists. Gateways of that last release may go on writing meanwhile, and it may be done twice.
 */
export async function migrate(commands: Commands, keys: Keys): Promise<void> {
  for (const { base } of keys.all()) {
    for (let from = 0, count = STEP; count === STEP; from += STEP) {
      const conversations = await commands.zrange(`${base}kn`, String(from), String(from + STEP - 1));
      count = conversations.length;
      await Promise.all(conversations.map((hash) => chainScript.run(commands, { base, hash })));
    }
  }
}
