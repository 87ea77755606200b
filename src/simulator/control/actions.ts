import type { ContactCentre } from '../centre/contact-centre.js';
import { FAULTS, validateFault } from '../faults/faults.js';
import type { Faults } from '../faults/faults.js';
import type { Fields } from '../http/fields.js';

/** The targets of the actions. */
export interface ControlOptions {
  readonly centre: ContactCentre;
  readonly faults: Faults;
  readonly setWebhookUrl: (url: string) => void;
}

/** Reads the fields and returns the function that acts: nothing is done before the whole request is known to be valid. */
type Action = (fields: Fields, options: ControlOptions) => () => object;

const DONE = {};

/** The actions of `POST /_sim/{action}`, by name: what an agent or an administrator would do by hand. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['agent-accepts', agentAccepts],
  ['agent-says', agentSays],
  ['agent-sends-file', agentSendsFile],
  ['agent-types', agentTypes],
  ['agent-transfers', agentTransfers],
  ['agent-leaves', agentLeaves],
  ['list-lag', listLag],
  ['webhook-url', webhookUrl],
  ['faults', setFaults],
]);

function agentAccepts(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const agentId = fields.string('agentId');
  return () => ({ agentId: centre.agentAccepts(conversationId, agentId).id });
}

function agentSays(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const text = fields.requiredString('text');
  return () => ({ messageId: centre.agentSays(conversationId, text).id });
}

/** Sends a small text file, which JSON can carry. */
function agentSendsFile(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const fileName = fields.requiredString('fileName');
  const content = fields.requiredString('content');
  const contentType = fields.string('contentType') ?? 'text/plain';
  return () => {
    const attachment = centre.files.add(centre.conversation(conversationId), { fileName, contentType, chunks: [Buffer.from(content)] });
    const message = centre.agentSays(conversationId, { text: '', attachments: [attachment], cards: [] });
    return { messageId: message.id, attachmentId: attachment.id };
  };
}

function agentTypes(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const typing = fields.boolean('typing') ?? true;
  return () => {
    centre.agentTypes(conversationId, typing);
    return DONE;
  };
}

function agentTransfers(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const queueId = fields.requiredString('queueId');
  const order = fields.oneOf('order', ['transfer-first', 'left-first']);
  return () => {
    centre.agentTransfers(conversationId, queueId, { order });
    return DONE;
  };
}

function agentLeaves(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  return () => {
    centre.agentLeaves(conversationId);
    return DONE;
  };
}

function listLag(fields: Fields, { centre }: ControlOptions): () => object {
  const conversationId = fields.requiredString('conversationId');
  const on = fields.boolean('on') ?? true;
  return () => {
    centre.lagMessages(conversationId, on);
    return DONE;
  };
}

function webhookUrl(fields: Fields, { setWebhookUrl }: ControlOptions): () => object {
  const url = fields.requiredString('url');
  if (url !== '' && !isWebAddress(url)) fields.reportError('url', 'unknown_value', 'must be an http or https address');
  return () => {
    setWebhookUrl(url);
    return DONE;
  };
}

/** Replaces all settings; an empty object turns all faults off. */
function setFaults(fields: Fields, { faults }: ControlOptions): () => object {
  const settings = Object.keys(FAULTS).flatMap((name): [string, number][] => {
    const value = fields.number(name);
    if (value === undefined) return [];
    const wrong = validateFault(name, value);
    if (wrong !== null) fields.reportError(name, 'out_of_range', `is out of range: ${wrong}`);
    return [[name, value]];
  });
  return () => {
    faults.set(Object.fromEntries(settings));
    return { faults: faults.current };
  };
}

/** True for an http or https URL. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
