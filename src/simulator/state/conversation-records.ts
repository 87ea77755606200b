import type { Attachment, Conversation, Message, Participant, StoredFile } from '../centre/records.js';

type SavedAttachment = Omit<Attachment, 'url'>;

/** A conversation without its messages and files, which are records of their own. */
export interface SavedConversation extends Omit<Conversation, 'messages' | 'files' | 'participants' | 'typing' | 'listsLag'> {
  readonly participants: readonly Participant[];
  readonly typing: readonly string[];
}

export interface SavedMessage extends Omit<Message, 'author' | 'attachments' | 'listed'> {
  readonly conversationId: string;
  readonly authorId: string;
  readonly attachments: readonly SavedAttachment[];
}

export interface SavedFile extends Omit<StoredFile, 'attachment' | 'chunks'> {
  readonly conversationId: string;
  readonly attachment: SavedAttachment;
}

export function saveConversation({ messages: _messages, files: _files, listsLag: _lag, ...rest }: Conversation): SavedConversation {
  return { ...rest, participants: [...rest.participants.values()], typing: [...rest.typing] };
}

/** Without messages and files. Lists do not lag after a restart. */
export function restoreConversation({ participants, typing, ...rest }: SavedConversation): Conversation {
  return {
    ...rest,
    participants: new Map(participants.map((participant) => [participant.id, participant])),
    typing: new Set(typing),
    messages: [],
    files: new Map(),
    listsLag: false,
  };
}

export function saveMessage(conversationId: string, { author, attachments, listed: _listed, ...rest }: Message): SavedMessage {
  return { ...rest, conversationId, authorId: author.id, attachments: attachments.map(saveAttachment) };
}

export function restoreMessage(
  { conversationId: _id, authorId, attachments, ...rest }: SavedMessage,
  { participants }: Conversation,
  fileUrl: (token: string) => string,
): Message {
  const author = participants.get(authorId);
  if (author === undefined) throw new Error(`there is no participant ${authorId}`);
  return { ...rest, author, attachments: attachments.map((saved) => restoreAttachment(saved, fileUrl)), listed: true };
}

const saveAttachment = ({ id, token, fileName, contentType }: Attachment): SavedAttachment => ({ id, token, fileName, contentType });

export function saveFile(conversationId: string, { attachment, size, createdAt }: StoredFile): SavedFile {
  return { conversationId, attachment: saveAttachment(attachment), size, createdAt };
}

/** An attachment, at wherever the simulator listens when its URL is asked for. */
export function restoreAttachment(saved: SavedAttachment, fileUrl: (token: string) => string): Attachment {
  return {
    ...saved,
    get url() {
      return fileUrl(saved.token);
    },
  };
}
