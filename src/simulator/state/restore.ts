import type { ContactCentre } from '../centre/contact-centre.js';
import { Directory } from '../centre/directory.js';
import type { DirectoryPlan } from '../centre/directory.js';
import type { Conversation, Webhook } from '../centre/records.js';
import { restoreAttachment, restoreConversation, restoreMessage } from './conversation-records.js';
import type { SavedConversation, SavedFile, SavedMessage } from './conversation-records.js';
import type { RecordKind } from './journal.js';
import type { SavedRecord, StateFile } from './state-file.js';

/** At a restart the conversations with the oldest messages are dropped beyond this, so that the file does not grow for ever. */
const MAX_CONVERSATIONS = 1_000;

interface SavedDirectory {
  readonly plan: DirectoryPlan;
  /** The address that the simulator was started with: it is another one after a restart. */
  readonly ownUri: string | null;
}

/** The directory of an earlier process, in which the simulator's own webhook is `own` now; null if there was none. */
export function restoreDirectory(state: StateFile, own: Pick<Webhook, 'uri' | 'version'>): Directory | null {
  const [saved] = state.load('directory');
  if (saved === undefined) return null;
  const { plan, ownUri: formerUri } = saved.value as SavedDirectory;
  return new Directory({
    ...plan,
    webhooks: plan.webhooks.map((webhook) => (webhook.uri === formerUri ? { ...webhook, ...own } : webhook)),
  });
}

/** For the journal. */
export function saveDirectory({ plan }: Directory, ownUri: string | null): { readonly value: SavedDirectory } {
  return { value: { plan, ownUri } };
}

/** What was still to be done. */
export interface Unfinished {
  readonly tasks: readonly SavedRecord[];
  readonly deliveries: readonly SavedRecord[];
}

/** Puts the conversations of an earlier process into the centre, with their messages and files, and drops the oldest ones. */
export function restoreConversations(state: StateFile, centre: ContactCentre, fileUrl: (token: string) => string): Unfinished {
  const saved = read<SavedMessage>(state, 'message');
  const conversations = recent(read<SavedConversation>(state, 'conversation'), saved);
  const known = (kind: RecordKind, id: string, value: { readonly conversationId: string }): Conversation | undefined => {
    const conversation = conversations.get(value.conversationId);
    if (conversation === undefined) state.forget(kind, id);
    return conversation;
  };
  for (const { id } of state.load('conversation')) if (!conversations.has(id)) state.forget('conversation', id);
  for (const { id, value } of saved) {
    const conversation = known('message', id, value);
    conversation?.messages.push(restoreMessage(value, conversation, fileUrl));
  }
  for (const { id, value } of read<SavedFile>(state, 'file')) {
    const conversation = known('file', id, value);
    if (conversation === undefined) continue;
    const { attachment, size, createdAt } = value;
    centre.files.restore(conversation, {
      attachment: restoreAttachment(attachment, fileUrl),
      size,
      createdAt,
      get chunks() {
        return [state.bytes(id)];
      },
    });
  }
  centre.restore([...conversations.values()]);
  const tasks = read<{ task: { conversationId: string } }>(state, 'task').filter(
    ({ id, value }) => known('task', id, value.task) !== undefined,
  );
  const deliveries = read<{ conversationId: string }>(state, 'delivery').filter(
    ({ id, value }) => known('delivery', id, value) !== undefined,
  );
  return { tasks, deliveries };
}

/** Those with the newest messages, in order of creation. */
function recent(saved: readonly Read<SavedConversation>[], messages: readonly Read<SavedMessage>[]): Map<string, Conversation> {
  const lastActive = new Map(saved.map(({ id, value }) => [id, value.createdAt]));
  for (const { value } of messages) lastActive.set(value.conversationId, value.createdAt);
  const newestFirst = [...lastActive].sort(([, a], [, b]) => b - a);
  const kept = new Set(newestFirst.slice(0, MAX_CONVERSATIONS).map(([id]) => id));
  return new Map(saved.filter(({ id }) => kept.has(id)).map(({ id, value }) => [id, restoreConversation(value)]));
}

interface Read<T> {
  readonly id: string;
  readonly value: T;
}

/** The file is written by this program alone, and its format has a version: its values are what was saved. */
const read = <T>(state: StateFile, kind: RecordKind): Read<T>[] => state.load(kind) as Read<T>[];
