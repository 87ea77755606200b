import { parseSinks } from '../../../src/sinks/settings.js';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const right = { name: 'crm', url: 'https://receiver.example/events?key=k', secret: SECRET };

function parse(list: unknown) {
  const faults: string[] = [];
  const sinks = parseSinks(typeof list === 'string' ? list : JSON.stringify(list), (fault) => faults.push(fault));
  return { sinks, faults };
}

describe('the sinks of SINKS_FILE', () => {
  it('have defaults for all but name, URL and secret', () => {
    const { sinks, faults } = parse([right]);
    expect(faults).toEqual([]);
    expect(sinks).toEqual([
      {
        name: 'crm',
        url: right.url,
        secrets: [Buffer.alloc(24, 1)],
        types: null,
        channelIds: null,
        when: 'ALWAYS',
        document: null,
        allowPrivate: false,
      },
    ]);
  });

  it('have two secrets while one is replaced', () => {
    expect(parse([{ ...right, secret: [SECRET, SECRET] }]).sinks[0]?.secrets).toHaveLength(2);
  });

  it.each([
    [{ name: 'a b' }, /^sink 1: name: must be/],
    [{ url: 'ftp://x' }, /^sink "crm": url: must be an https URL$/],
    [{ url: 'http://x.example' }, /^sink "crm": url: must be an https URL; http is only accepted with "allowPrivate": true$/],
    [{ url: 'https://user:pass@x.example' }, /^sink "crm": url: must not hold a user or a password$/],
    [{ secret: 'whsec_c2hvcnQ=' }, /^sink "crm": secret: must be "whsec_"/],
    [{ secret: SECRET.slice(6) }, /^sink "crm": secret: must be/],
    [{ secret: [SECRET, SECRET, SECRET] }, /^sink "crm": secret: must be/],
    [{ types: ['TYPING_CHANGED'] }, /^sink "crm": types: must be a list of event types, of which there are INTERACTION_QUEUED, /],
    [{ types: [] }, /^sink "crm": types: must be/],
    [{ channelIds: [1] }, /^sink "crm": channelIds: must be/],
    [{ when: 'never' }, /^sink "crm": when: must be ALWAYS or ABSENT$/],
    [{ document: '' }, /^sink "crm": document: must be the text/],
    [{ allowPrivate: 'yes' }, /^sink "crm": allowPrivate: must be true or false$/],
    [{ colour: 'red' }, /^sink "crm": colour: is an unknown field; known are name, url, /],
  ])('%j is one fault that names sink and field', (wrong, fault) => {
    expect(parse([{ ...right, ...wrong }]).faults).toEqual([expect.stringMatching(fault)]);
  });

  it('are a list of objects with names of their own', () => {
    expect(parse('{').faults).toEqual([expect.stringContaining('is no JSON')]);
    expect(parse({}).faults).toEqual([expect.stringContaining('must name a file that holds a JSON list')]);
    expect(parse([right, right]).faults).toEqual(['sink "crm": name: must be unique']);
    expect(parse(['x']).faults).toContain('sink 1: must be an object');
  });

  it('show neither URL nor secret in a fault', () => {
    const faults = parse([{ name: 'crm', url: 'http://hidden.example', secret: 'whsec_hidden' }]).faults.join();
    expect(faults).not.toContain('hidden');
  });
});
