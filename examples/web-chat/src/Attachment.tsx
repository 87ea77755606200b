import { ClipIcon } from './ClipIcon';
import { sizeInWords } from './times';
import type { ChatMessage } from './useConversation';

/** Images are shown inline, everything else is a download. */
export function Attachment({ attachment }: { attachment: ChatMessage['attachments'][number] }) {
  const { filename, contentType, sizeBytes, url } = attachment;
  const name = filename ?? 'attachment';
  const isPicture = contentType?.startsWith('image/') ?? /\.(png|jpe?g|gif|webp)$/i.test(name);
  return (
    <a className="attachment" href={url} download={name} target="_blank" rel="noreferrer">
      {isPicture ? (
        <img src={url} alt={name} loading="lazy" />
      ) : (
        <>
          <ClipIcon /> {name} {sizeBytes === null ? null : <span className="small">{sizeInWords(sizeBytes)}</span>}
        </>
      )}
    </a>
  );
}
