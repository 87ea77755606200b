import { useRef, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { ClipIcon } from './ClipIcon';
import type { Outbox } from './outbox';
import { useCapability } from './useCapability';
import { useTyping } from './useTyping';
import { useUpload } from './useUpload';

interface Props {
  readonly conversationId: string;
  readonly outbox: Outbox;
  readonly isOver: boolean;
}

/** The message input. Enter sends, Shift+Enter starts a new line. */
export function Composer({ conversationId, outbox, isOver }: Props) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const canAttach = useCapability('ATTACHMENTS');
  const tellTyping = useTyping(conversationId);
  const upload = useUpload(conversationId, (attachment) => outbox.add({ attachment }));

  function send(event?: FormEvent): void {
    event?.preventDefault();
    const written = text.trim();
    if (written !== '') outbox.add({ text: written });
    setText('');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes a character, Enter selects it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form className="composer" onSubmit={send}>
      <p role="status" className="small">
        {upload.progress}
      </p>
      <div className="row">
        {canAttach ? <FileField onChosen={(file) => void upload.start(file)} /> : null}
        <textarea
          ref={field}
          autoFocus
          aria-label="Your message"
          placeholder={isOver ? 'Write a message to reopen this chat' : 'Write a message'}
          rows={1}
          maxLength={4_000}
          value={text}
          onKeyDown={onKeyDown}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            tellTyping();
          }}
        />
        <button className="primary">Send</button>
      </div>
    </form>
  );
}

/** A button that opens the browser's own dialog for files. */
function FileField({ onChosen }: { onChosen: (file: File) => void }) {
  return (
    <label className="attach" title="Send a file">
      <ClipIcon />
      <span className="unseen">Send a file</span>
      <input
        type="file"
        className="unseen"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) onChosen(file);
          // So that the same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
