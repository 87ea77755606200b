import { DEFAULT_SINK_DOCUMENT, checkSinkDocument } from '../../../src/composition/sink-documents.js';
import { checkSinkDocuments } from '../../../src/composition/deliver-to-sinks.js';
import { ConfigError } from '../../../src/env-reader.js';
import { buildSchema } from '../../../src/resolvers/build-schema.js';
import { parseSinks } from '../../../src/sinks/settings.js';

const schema = buildSchema();

describe('the document of a sink', () => {
  it('is one subscription to all conversations', () => {
    expect(checkSinkDocument(schema, DEFAULT_SINK_DOCUMENT)).toMatchObject({ key: 'allConversationEvents' });
    expect(checkSinkDocument(schema, 'subscription A { it: allConversationEvents { id } }')).toMatchObject({ key: 'it' });
  });

  it.each([
    ['{', /Syntax Error.*line 1/],
    ['{ viewer { role } }', /^must be "subscription/],
    ['subscription { allConversationEvents { nothing } }', /Cannot query field "nothing".*line 1, column 40/],
    ['subscription { allConversationEvents(types: []) { id } }', /^must be "subscription/],
    ['subscription { messageAdded(conversationId: "c") { id } }', /^must be "subscription/],
    [
      'subscription A { allConversationEvents { id } } subscription B { allConversationEvents { id } }',
      /^must have exactly one operation$/,
    ],
    ['subscription { allConversationEvents { conversation { channel { webhook { id } } } } }', /^Channel.webhook is not for services$/],
  ])('%s is rejected', (text, why) => {
    expect(checkSinkDocument(schema, text)).toContainEqual(expect.stringMatching(why));
  });

  it('is rejected with the names of sink and field', () => {
    const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
    const sinks = parseSinks(JSON.stringify([{ name: 'a', url: 'https://x.example', secret, document: '{ x }' }]), () => undefined);
    expect(() => checkSinkDocuments(schema, sinks)).toThrow(ConfigError);
    expect(() => checkSinkDocuments(schema, sinks)).toThrow('SINKS_FILE: sink "a": document: Cannot query field "x"');
  });
});
