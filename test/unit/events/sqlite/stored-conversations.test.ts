import { StoredConversations, hashConversation } from '../../../../src/events/sqlite/stored-conversations.js';

const idOf = (number: number) => `conversation ${number}`.replace(' ', '-');

describe('the conversations that something is stored of', () => {
  it('include all that were added or loaded, and next to nothing else', () => {
    const known = new StoredConversations(Array.from({ length: 5_000 }, (_, number) => hashConversation(idOf(number))));
    for (let number = 5_000; number < 10_000; number += 1) known.add(idOf(number));
    expect(Array.from({ length: 10_000 }, (_, number) => known.mayInclude(idOf(number)))).not.toContain(false);
    const others = Array.from({ length: 10_000 }, (_, number) => known.mayInclude(idOf(10_000 + number)));
    expect(others.filter((included) => included).length).toBeLessThan(3);
  });

  it('may include any id whose form in the database differs', () => {
    const known = new StoredConversations();
    for (const id of ['a\0b', '\ud800', 'größe', 'a b']) {
      expect(known.mayInclude(id)).toBe(true);
      known.add(id);
    }
    expect(known.mayInclude('plain')).toBe(false);
  });
});
