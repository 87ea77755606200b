import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { useRef, useState } from 'react';
import type { FormEvent, KeyboardEvent } from 'react';
import { ClipIcon } from './ClipIcon';
import { useEnvironment } from './environment';
import { UploadList } from './UploadList';
import type { Uploads } from './useUploads';

/** Of a message, in UTF-16 code units. */
const MAX_LENGTH = 4_000;

interface Props {
  readonly conversation: ConversationHandle;
  readonly uploads: Uploads;
  readonly canAttach: boolean;
}

/** The message input. Enter sends, Shift+Enter starts a new line. */
export function Composer({ conversation: { state, send, notifyTyping }, uploads, canAttach }: Props) {
  const { texts } = useEnvironment();
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const written = text.trim();
  const excess = written.length - MAX_LENGTH;

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    // What was written stays, to be shortened.
    if (excess > 0) return;
    if (written !== '') send({ text: written });
    setText('');
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // While an input method composes a character, Enter selects it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <form className="composer" onSubmit={submit}>
      <UploadList list={uploads.list} />
      <div role="status">{excess > 0 ? <p className="warning">{texts.tooLong(excess)}</p> : null}</div>
      <div className="row">
        {canAttach ? <FileField onChosen={uploads.add} /> : null}
        <textarea
          ref={field}
          autoFocus
          dir="auto"
          aria-label={texts.yourMessage}
          placeholder={state === 'IDLE' ? texts.writeToReopen : texts.write}
          rows={1}
          aria-invalid={excess > 0}
          value={text}
          onKeyDown={onKeyDown}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            notifyTyping();
          }}
        />
        <button className="primary">{texts.send}</button>
      </div>
    </form>
  );
}

/** A button that opens the browser's own dialog for files. */
function FileField({ onChosen }: { onChosen: (files: Iterable<File>) => void }) {
  const { texts } = useEnvironment();
  return (
    <label className="attach icon" title={texts.sendFile}>
      <ClipIcon />
      <span className="unseen">{texts.sendFile}</span>
      <input
        type="file"
        multiple
        className="unseen"
        onChange={({ currentTarget }) => {
          onChosen([...(currentTarget.files ?? [])]);
          // So that the same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}
