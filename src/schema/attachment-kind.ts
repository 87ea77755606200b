import { registerEnumType } from 'type-graphql';
import type { AttachmentKind } from '../domain/attachment.js';

export const attachmentKinds: Readonly<Record<AttachmentKind, AttachmentKind>> = {
  IMAGE: 'IMAGE',
  VIDEO: 'VIDEO',
  AUDIO: 'AUDIO',
  FILE: 'FILE',
  OTHER: 'OTHER',
};

registerEnumType(attachmentKinds, {
  name: 'AttachmentKind',
  description: 'What sort of file an attachment is.',
  valuesConfig: {
    FILE: { description: 'A file that is no image, video or audio.' },
    OTHER: { description: 'A kind that this gateway does not know.' },
  },
});
