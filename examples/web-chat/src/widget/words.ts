/** The texts that are there before the chat is loaded. */
export interface Words {
  readonly open: string;
  readonly close: string;
  readonly loading: string;
  readonly failed: string;
  readonly again: string;
  readonly unread: (count: number) => string;
}

const english: Words = {
  open: 'Chat with us',
  close: 'Close the chat',
  loading: 'Loading…',
  failed: 'The chat could not be loaded.',
  again: 'Try again',
  unread: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
};
const arabic: Words = {
  open: 'تحدث معنا',
  close: 'إغلاق المحادثة',
  loading: 'جارٍ التحميل…',
  failed: 'تعذّر تحميل المحادثة.',
  again: 'حاول مرة أخرى',
  unread: (count) => `رسائل جديدة: ${count}`,
};

export const isRightToLeft = (language: string): boolean => /^ar\b/i.test(language);

export const wordsOf = (language: string): Words => (isRightToLeft(language) ? arabic : english);
