/** Ids of other characters may have another form in the database than here: they always count as known. */
const PLAIN = /^[\x21-\x7e]*$/;
const INITIAL_SLOTS = 1_024;

/**
 * Which conversations something is stored of, in 8 to 16 bytes each: most that are queried are old and have no events, and need no look at
 * the store. Ids with the same 32 bits are not distinguished, and none is ever removed: "known" means that the store has to be asked.
 */
export class StoredConversations {
  /** Hashes in open addressing; 0 is a free slot. */
  #slots = new Uint32Array(INITIAL_SLOTS);
  #count = 0;

  constructor(hashes: Iterable<number> = []) {
    for (const hash of hashes) this.#add(hash);
  }

  add(conversationId: string): void {
    if (PLAIN.test(conversationId)) this.#add(hashConversation(conversationId));
  }

  mayInclude(conversationId: string): boolean {
    return !PLAIN.test(conversationId) || this.#slots[this.#slotOf(hashConversation(conversationId))] !== 0;
  }

  /** The hash's slot, or the free one where it would be. */
  #slotOf(hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  #add(hash: number): void {
    const slot = this.#slotOf(hash);
    if (this.#slots[slot] === hash) return;
    this.#slots[slot] = hash;
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  #grow(): void {
    const hashes = this.#slots.filter((hash) => hash !== 0);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (const hash of hashes) this.#slots[this.#slotOf(hash)] = hash;
  }
}

/** FNV-1a, 32 bits; never 0. */
export function hashConversation(conversationId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < conversationId.length; index += 1) hash = Math.imul(hash ^ conversationId.charCodeAt(index), 0x01000193);
  return hash >>> 0 || 1;
}
