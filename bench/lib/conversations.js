// What the contact centre's conversations hold: the same in its lists and in its events.

/** Messages of each conversation. */
export const MESSAGES = 20;

/** The nth message of a conversation, from 0 on. `now`: when the contact centre started, epoch ms. Years old, or of the minute before that where the id begins with `recent`. */
export const contentOf = (id, n, now) => ({
  text: `Message ${n} of ${id}: as long as people write when they describe what went wrong with their order, and what they would like to happen next.`,
  at: id.startsWith('recent') ? now - (MESSAGES - n) * 1_000 : 1_700_000_000_000 + n * 60_000,
  author: n % 2 ? { id: 'user', type: 'user' } : { id: 'agent-7', type: 'agent' },
});
