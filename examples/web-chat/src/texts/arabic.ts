import type { Texts } from './english';

const rules = new Intl.PluralRules('ar');

/** Arabic has six plural forms; the noun differs in these. */
function counted(count: number, noun: { readonly one: string; readonly two: string; readonly few: string; readonly many: string }): string {
  const form = rules.select(count);
  if (form === 'one') return noun.one;
  if (form === 'two') return noun.two;
  return `${count} ${form === 'few' ? noun.few : noun.many}`;
}

export const arabic: Texts = {
  chat: 'المحادثة',
  chatWithUs: 'تحدث معنا',
  welcome: 'سيكون أحد موظفينا معك قريبًا. يمكنك العودة إلى هذه المحادثة لاحقًا.',
  yourName: 'اسمك',
  yourEmail: 'بريدك الإلكتروني',
  topic: 'ما الموضوع؟',
  optional: 'اختياري',
  startChat: 'ابدأ المحادثة',
  opening: 'جارٍ الفتح…',
  unreachable: 'لا يمكن الوصول إلى المحادثة الآن. حاول مرة أخرى بعد قليل.',
  needsToken: 'تحتاج هذه الصفحة إلى رمز دخول صالح. سجّل الدخول من جديد، أو افتحها برمز دخول.',
  mayNotHaveBeenOpened: 'ربما لم تُفتح محادثتك. حاول مرة أخرى.',

  goneTitle: 'لم تعد هذه المحادثة موجودة',
  gone: 'ربما حُذفت، أو أن الرابط غير صحيح.',
  failedTitle: 'لا يمكن عرض هذه المحادثة',
  startAnother: 'ابدأ محادثة أخرى',

  waiting: 'في انتظار انضمام أحد الموظفين…',
  isWithYou: (name) => `${name} معك الآن`,
  transferring: 'جارٍ تحويلك…',
  assistant: 'المساعد الآلي معك',
  ended: 'انتهت',
  notEnded: 'لم تُنهَ المحادثة. حاول مرة أخرى.',
  offline: 'لا يوجد اتصال. ستُرسل رسائلك عند عودة الاتصال.',
  endChat: 'إنهاء المحادثة',
  newChat: 'محادثة جديدة',
  soundOn: 'الصوت مفعّل',
  soundOff: 'الصوت متوقف',

  conversation: 'المحادثة',
  earlier: 'رسائل أقدم',
  loading: 'جارٍ التحميل…',
  empty: 'لا توجد رسائل بعد. اكتب ما الموضوع كي يبدأ من ينضم إليك فورًا.',
  you: 'أنت',
  agent: 'الموظف',
  someone: 'أحد الموظفين',
  joined: (name) => `انضم ${name}`,
  transferred: 'يجري تحويلك إلى زميل آخر',
  hasEnded: 'انتهت المحادثة',
  isTyping: (name) => `${name} يكتب…`,
  unreadLine: 'رسائل جديدة',
  newMessages: (count) => counted(count, { one: 'رسالة جديدة واحدة', two: 'رسالتان جديدتان', few: 'رسائل جديدة', many: 'رسالة جديدة' }),
  toNewest: 'إلى أحدث رسالة',
  suggestedAnswers: 'إجابات مقترحة',
  cardFallback: 'لا يمكن عرض هذا المحتوى هنا.',
  attachment: 'مرفق',

  sending: 'جارٍ الإرسال…',
  retrying: 'لم تُرسل بعد؛ جارٍ إعادة المحاولة…',
  sent: 'أُرسلت',
  delivered: 'تم التسليم',
  read: 'قُرئت',
  unconfirmed: 'لم يتأكد التسليم.',
  notSent: (reason) => `لم تُرسل: ${reason}`,
  rejected: 'تم رفضها',
  sendAgain: 'أعد الإرسال',
  discard: 'تجاهل',

  yourMessage: 'رسالتك',
  write: 'اكتب رسالة',
  writeToReopen: 'اكتب رسالة لإعادة فتح المحادثة',
  tooLong: (excess) => `الرسالة أطول من المسموح بمقدار ${counted(excess, { one: 'حرف واحد', two: 'حرفين', few: 'أحرف', many: 'حرفًا' })}.`,
  send: 'إرسال',
  sendFile: 'أرسل ملفًا',
  dropHere: 'أفلت الملفات هنا لإرسالها',
  sendingFile: (name, percent) => `جارٍ إرسال ${name}: ${percent}٪`,
  cancelFile: (name) => `إلغاء ${name}`,
  close: 'إغلاق',
  fileType: (name) => `لم يُرسل ${name}: هذا النوع من الملفات غير مقبول.`,
  fileSize: (name) => `لم يُرسل ${name}: الملف فارغ أو كبير جدًا.`,
  fileFailed: (name) => `لم يُرسل ${name}. حاول مرة أخرى.`,

  rate: 'كيف كانت هذه المحادثة؟',
  stars: (count) => counted(count, { one: 'نجمة واحدة', two: 'نجمتان', few: 'نجوم', many: 'نجمة' }),
  comment: 'هل تود إضافة شيء؟',
  sendRating: 'أرسل التقييم',
  thanks: 'شكرًا على تقييمك.',
  ratingFailed: 'لم يُرسل تقييمك. حاول مرة أخرى.',

  behindTheScenes: 'خلف الكواليس',
  metrics: 'مؤشرات التفاعل',
  interaction: (number) => `التفاعل ${number}`,
  open: 'مفتوح',
  endedBadge: 'منتهٍ',
  waited: 'مدة الانتظار',
  firstAnswer: 'أول رد بعد',
  handled: 'مدة المعالجة',
  transfers: 'التحويلات',
  queues: 'قوائم الانتظار',
  agents: 'الموظفون',
  events: 'الأحداث',
  anotherTakesOver: 'سيتولاها زميل آخر',
};
