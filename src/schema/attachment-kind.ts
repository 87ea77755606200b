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
  description: 'Kind of file.',
  valuesConfig: {
    IMAGE: { description: 'An image.' },
    VIDEO: { description: 'A video.' },
    AUDIO: { description: 'An audio recording.' },
    FILE: { description: 'A file that is not an image, video or audio recording.' },
    OTHER: { description: 'A kind that this gateway does not know.' },
  },
});
