const QUOTE_LENGTH = 80;

/** An agent's first message. `lastText` is the customer's unanswered text, if any. */
export function greeting(options: {
  readonly customerName: string | undefined;
  readonly agentName: string;
  readonly queueName: string;
  readonly lastText: string | undefined;
  readonly returning: boolean;
}): string {
  const name = options.customerName === undefined ? '' : `, ${options.customerName}`;
  const hello = options.returning ? `Welcome back${name}!` : `Hello${name}!`;
  const self = `This is ${firstName(options.agentName)} from ${options.queueName}.`;
  const opening = options.lastText === undefined ? 'How can I help?' : `I have read “${quote(options.lastText)}” and am looking into it.`;
  return `${hello} ${self} ${opening}`;
}

/** Quick replies below the greeting; each triggers an action of the agent. */
export const OFFERS = [
  { title: 'Please send me a file', data: { postback: 'file' } },
  { title: 'I need a transfer', data: { postback: 'transfer' } },
  { title: 'That is all, bye', data: { postback: 'bye' } },
];

/** The content of the file that an agent sends. */
export function summary(texts: readonly string[]): string {
  return texts.map((text, index) => `${index + 1}. ${text}\n`).join('');
}

/** An answer that quotes the text; `index` varies it. */
export function answer(text: string, index: number): string {
  if (text.trim() === '') return 'Thank you, I have it here.';
  const number = /\d{3,}/.exec(text)?.[0];
  if (number !== undefined) return `I have ${number} open here. Everything looks fine with it so far; what should I change?`;
  if (text.includes('?')) return `About “${quote(text)}”: let me check. Yes, that can be done. Shall I go ahead?`;
  const answers = [
    `Thank you, I have noted “${quote(text)}”. Is there anything else I should know?`,
    `“${quote(text)}” – understood. Give me a moment, please … done.`,
    `I see. With “${quote(text)}” my colleagues can help as well: say “transfer” and I hand you over, or “bye” when you are done.`,
  ];
  return answers[index % answers.length] ?? '';
}

/** Before a transfer. */
export function handover(queueName: string): string {
  return `I am handing you over to ${queueName}. They see everything we have written.`;
}

/** Before leaving. */
export function farewell(agentName: string): string {
  return `Goodbye, and thank you for writing! ${firstName(agentName)}`;
}

function firstName(name: string): string {
  return name.split(' ', 1)[0] ?? name;
}

function quote(text: string): string {
  const characters = Array.from(text.trim());
  return characters.length <= QUOTE_LENGTH ? characters.join('') : `${characters.slice(0, QUOTE_LENGTH).join('')}…`;
}
