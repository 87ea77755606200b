import {
  assignment,
  assignmentType,
  attachmentType,
  channelType,
  customerFromUser,
  participantType,
} from '../../../../src/datasources/shared/enums.js';

const unknownWords = ['', 'constructor', '__proto__', 'robot', null, undefined, {}, 5];

describe('the enum values of the contact centre', () => {
  it('map participants', () => {
    expect(['user', 'customer', 'agent', 'bot', 'system', 'AGENT'].map(participantType)).toEqual([
      'CUSTOMER',
      'CUSTOMER',
      'AGENT',
      'BOT',
      'SYSTEM',
      'AGENT',
    ]);
    expect(new Set(unknownWords.map(participantType))).toEqual(new Set(['OTHER']));
  });

  it('map channels', () => {
    expect(['SMS', 'ChatAPI', 'Facebook', 'Twitter', 'WhatsApp', 'WebChat', 'Viber', 'RCS', 'Email'].map(channelType)).toEqual([
      'SMS',
      'CHAT_API',
      'FACEBOOK',
      'TWITTER',
      'WHATSAPP',
      'WEB_CHAT',
      'VIBER',
      'RCS',
      'EMAIL',
    ]);
    expect(new Set(unknownWords.map(channelType))).toEqual(new Set(['OTHER']));
  });

  it('map assignments', () => {
    expect(['queue', 'agent', 'script', 'webhook'].map(assignmentType)).toEqual(['QUEUE', 'AGENT', 'SCRIPT', 'WEBHOOK']);
    expect(new Set(unknownWords.map(assignmentType))).toEqual(new Set(['OTHER']));
  });

  it('map kinds of attachments and media types', () => {
    const kindOf = (type: unknown) => attachmentType(type).kind;
    expect(['image', 'VIDEO', 'audio', 'file', 'sticker', '', undefined].map(kindOf)).toEqual([
      ...['IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'OTHER'],
      ...[null, null],
    ]);
    expect(attachmentType('image/png')).toEqual({ contentType: 'image/png', kind: 'IMAGE' });
    expect(attachmentType('application/pdf')).toEqual({ contentType: 'application/pdf', kind: 'FILE' });
  });

  it("parse a customer's time zone and address, and reject invalid ones", () => {
    const read = (user: object) => {
      const { timezoneOffsetMinutes, ipAddress } = customerFromUser(user) ?? {};
      return [timezoneOffsetMinutes, ipAddress];
    };
    expect(read({ timezoneOffset: -300, ipaddress: '192.0.2.1' })).toEqual([-300, '192.0.2.1']);
    expect(read({ timezoneOffset: '120', ipaddress: '' })).toEqual([120, null]);
    expect(read({ timezoneOffset: 1e12, ipaddress: {} })).toEqual([null, null]);
    expect(read({ timezoneOffset: 0.5 })).toEqual([null, null]);
  });

  it('have no assignment without a target', () => {
    expect([null, {}, 'queue', { type: 'queue' }, { type: 'queue', id: '' }].map(assignment)).toEqual([null, null, null, null, null]);
    expect(assignment({ type: 'queue', id: 101 })).toEqual({ type: 'QUEUE', targetId: '101' });
  });

  it('leave absent fields of a customer null', () => {
    expect(customerFromUser('Max')).toBeNull();
    expect(customerFromUser({ additionalProperties: { key: 'a' } })).toEqual({
      name: null,
      customerId: null,
      email: null,
      phone: null,
      company: null,
      caseId: null,
      language: null,
      timezoneOffsetMinutes: null,
      ipAddress: null,
      properties: [],
    });
  });
});
