// What the `EventLog` of a release calls its methods and fields, which were renamed once: the fixtures keep the first names.
const RENAMED = [
  ['nameListed', 'identifyListedMessages'],
  ['named', 'findByIdentity'],
  ['handling', 'interactionMetrics'],
  ['expectEcho', 'registerPendingSend'],
  ['echoRefused', 'cancelPendingSend'],
];

/** Answered as a list by earlier releases. */
async function unlisted(log, ...args) {
  const found = await (log.eventsMissingFromHistory ?? log.unlisted).call(log, ...args);
  return Array.isArray(found) ? found : found.events;
}

/** A log of any release, with the methods that are renamed since under their first names; those that a release lacks are undefined. */
export function underFirstNames(log) {
  const methods = RENAMED.map(([first, now]) => [first, log[now] ?? log[first]]);
  const bound = methods.map(([first, method]) => [first, method?.bind(log)]);
  return new Proxy(log, {
    get(target, name) {
      if (name === 'unlisted') return (...args) => unlisted(target, ...args);
      const renamed = bound.find(([first]) => first === name);
      if (renamed !== undefined) return renamed[1];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What a log answered, as JSON holds it, with the fields that are renamed since under their first names: `name.key` is `identity.id` now. */
export const answeredUnderFirstNames = (answered) =>
  JSON.parse(JSON.stringify(answered), (_key, value) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    const { identity, ...rest } = value;
    const named = identity === undefined ? rest : { ...rest, name: identity };
    const isIdentity = 'listedId' in named && 'clientMessageId' in named && 'id' in named;
    if (!isIdentity) return named;
    const { id, ...others } = named;
    return { key: id, ...others };
  });
