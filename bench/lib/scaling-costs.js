// What a webhook costs, as a few numbers of one gateway, and what follows from them for several.

/**
 * The costs, in microseconds of CPU, from four runs with one gateway: webhooks that nobody follows, that one socket follows, that many do, and again that nobody does, with beside each an
 * event that another process stored, which one socket follows; and `deep`, which is `followed` with more `inFlight`: Redis syncs once for all that have come meanwhile.
 * The cost for Redis of notifying another gateway is too small to measure.
 */
export function costsOf({ alone, deep, followed, crowded, beside }) {
  const redisSync = (followed.redis - deep.redis) / (1 / followed.inFlight - 1 / deep.inFlight);
  const delivery = (crowded.gateways - followed.gateways) / (crowded.followers - followed.followers);
  return {
    take: alone.gateways,
    publishLocal: followed.gateways - alone.gateways - delivery,
    hear: beside.gateways - alone.gateways - delivery,
    delivery,
    redisAppend: followed.redis - redisSync / followed.inFlight,
    redisSync,
  };
}

/**
 * What one webhook costs all gateways together, and Redis, where each conversation is followed by so many sockets, spread over all gateways, and a webhook comes in at any. A
 * gateway hears what it follows: by itself where it took the webhook, else from Redis. `inFlight`: webhooks that wait for their answers, at all gateways together.
 */
export function predicted(costs, { gateways, followers, inFlight }) {
  const following = Math.min(gateways, followers);
  const byItself = following / gateways;
  return {
    gateways: costs.take + byItself * costs.publishLocal + (following - byItself) * costs.hear + followers * costs.delivery,
    redis: costs.redisAppend + costs.redisSync / inFlight,
  };
}

/** The most webhooks a second, and what sets that bound: a gateway's thread, Redis's, or the machine that all of it shares. `load`: what else runs there costs for a webhook. */
export function mostPerSecond({ gateways, redis }, { count, cores, load = 0 }) {
  const bounds = [
    { by: 'the gateways', most: (count * 1e6) / gateways },
    { by: 'Redis', most: 1e6 / redis },
    { by: `the machine's ${cores} cores`, most: (cores * 1e6) / (gateways + redis + load) },
  ];
  return bounds.reduce((least, bound) => (bound.most < least.most ? bound : least));
}
