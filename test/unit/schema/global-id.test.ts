import { fromGlobalId, toGlobalId } from '../../../src/schema/global-id.js';

it.each(['c-1', 'a b', 'é:%', '👍', ''])('leads back to the vendor id %j', (id) => {
  expect(fromGlobalId(toGlobalId('Message', 'conversation', id))).toEqual({ type: 'Message', parts: ['conversation', id] });
});

it('is an id of nothing for what is no Unicode', () => {
  expect(fromGlobalId(toGlobalId('Conversation', 'a\ud800'))).toEqual({ type: 'Conversation', parts: ['a\ufffd'] });
});
