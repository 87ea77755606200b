/** The text with U+FFFD in the place of each unpaired surrogate, which no encoding of Unicode can hold: `encodeURIComponent` throws at one. */
export const toWellFormed = (text: string): string => text.replace(/\p{Cs}/gu, '\ufffd');

/** Whether a text is without unpaired surrogates. */
export const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);
