/** As `encodeURIComponent`, which throws for half of a surrogate pair: that is encoded as U+FFFD. Texts from outside may hold one, since JSON can write it. */
export const percentEncode = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));
