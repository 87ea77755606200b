// Names that the `EventLog` of earlier releases had for its methods and fields. The fixtures hold answers under the first names.
const RENAMED = [
  ['nameListed', 'identifyListedMessages'],
  ['named', 'findByIdentity'],
  ['unlisted', 'eventsMissingFromHistory'],
  ['handling', 'interactionMetrics'],
  ['expectEcho', 'registerPendingSend'],
  ['echoRefused', 'cancelPendingSend'],
];

/** Earlier releases return a list of events, or an object that holds it; this one returns messages, whose events it finds by their identities. */
const asEvents =
  (log, find) =>
  async (conversationId, ...args) => {
    const found = await find(conversationId, ...args);
    if (found.messages === undefined) return found.events ?? found;
    const identified = await Promise.all(found.messages.map(({ identity }) => log.findByIdentity(conversationId, identity.id)));
    return identified.map(({ event }) => event);
  };

/** A log of any release, with its methods under their current names; those that a release lacks are undefined. */
export function underCurrentNames(log) {
  const methods = new Map(RENAMED.map(([first, current]) => [current, log[current] ?? log[first]]));
  return new Proxy(log, {
    get(target, name) {
      const value = methods.has(name) ? methods.get(name) : Reflect.get(target, name, target);
      const method = typeof value === 'function' ? value.bind(target) : value;
      return name === 'eventsMissingFromHistory' ? asEvents(target, method) : method;
    },
  });
}

/** A log's answers as JSON, without the `source` of events, which earlier releases did not know, and with renamed fields under their first names: `identity.id` was `name.key`. */
export const answeredUnderFirstNames = (answered) =>
  JSON.parse(JSON.stringify(answered), (_key, value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    const { identity, source: _source, ...rest } = value;
    const named = identity === undefined ? rest : { ...rest, name: identity };
    const isIdentity = 'listedId' in named && 'clientMessageId' in named && 'id' in named;
    if (!isIdentity) return named;
    const { id, ...others } = named;
    return { key: id, ...others };
  });
