/** Half of a surrogate pair. Texts from outside may hold one, since JSON can write it; most of what reads text, JSON in Lua included, rejects it. */
const HALF_A_PAIR = /\p{Cs}/gu;

export const isWellFormed = (text: string): boolean => text.search(HALF_A_PAIR) === -1;

/** The text with U+FFFD in the place of each half of a surrogate pair. */
export const toWellFormed = (text: string): string => text.replace(HALF_A_PAIR, '\ufffd');
