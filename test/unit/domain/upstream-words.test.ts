import { assignment, assignmentType, channelType, customerFromUser, participantType } from '../../../src/domain/upstream-words.js';

const unknownWords = ['', 'constructor', '__proto__', 'robot', null, undefined, {}, 5];

describe('the words of the contact centre', () => {
  it('name participants', () => {
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

  it('name channels', () => {
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

  it('name assignments', () => {
    expect(['queue', 'agent', 'script'].map(assignmentType)).toEqual(['QUEUE', 'AGENT', 'SCRIPT']);
    expect(new Set(unknownWords.map(assignmentType))).toEqual(new Set(['OTHER']));
  });

  it('tell no assignment that has no target', () => {
    expect([null, {}, 'queue', { type: 'queue' }, { type: 'queue', id: '' }].map(assignment)).toEqual([null, null, null, null, null]);
    expect(assignment({ type: 'queue', id: 101 })).toEqual({ type: 'QUEUE', targetId: '101' });
  });

  it('tell nothing of a customer that they do not hold', () => {
    expect(customerFromUser('Max')).toBeNull();
    expect(customerFromUser({ additionalProperties: { key: 'a' } })).toEqual({
      name: null,
      customerId: null,
      email: null,
      phone: null,
      company: null,
      caseId: null,
      language: null,
      properties: [],
    });
  });
});
