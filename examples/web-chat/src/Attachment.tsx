import type { ChatMessage } from 'chat-graphql-gateway-client';
import { useState } from 'react';
import { ClipIcon } from './ClipIcon';
import { useEnvironment } from './environment';

/** Pictures are shown inline, in a box whose size does not depend on them; everything else is a download. */
export function Attachment({ attachment }: { attachment: ChatMessage['attachments'][number] }) {
  const { texts, formats } = useEnvironment();
  // Its address may have expired, or it is no picture.
  const [isBroken, setIsBroken] = useState(false);
  const { filename, contentType, sizeBytes, url } = attachment;
  const name = filename ?? texts.attachment;
  const isPicture = !isBroken && (contentType?.startsWith('image/') ?? /\.(png|jpe?g|gif|webp)$/i.test(name));
  return (
    <a className={isPicture ? 'attachment picture' : 'attachment'} href={url} download={name} target="_blank" rel="noreferrer">
      {isPicture ? (
        <img src={url} alt={name} loading="lazy" onError={() => setIsBroken(true)} />
      ) : (
        <>
          <ClipIcon /> <bdi>{name}</bdi> {sizeBytes === null ? null : <span className="small">{formats.size(sizeBytes)}</span>}
        </>
      )}
    </a>
  );
}
