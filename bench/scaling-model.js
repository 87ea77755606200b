// How many Redis nodes, how much memory and how many gateways a load needs. Pass your own numbers as NAME=VALUE:
//   node bench/scaling-model.js eventsPerSecond=5000 conversationsKept=2000000 sockets=1000000
// The costs are those that `bench/scaling.js` (CPU), `bench/redis-log.js` (Redis's memory) and `bench/socket-memory.js` (a gateway's) measured, see docs/scaling.md; measure them again on your machines.
import { mostPerSecond, predicted } from './lib/scaling-costs.js';

const given = Object.fromEntries(process.argv.slice(2).map((pair) => pair.split('=')));
const number = (name, fallback) => {
  const value = Number(given[name] ?? fallback);
  if (!(value >= 0)) throw new Error(`${name} takes a number`);
  return value;
};
const n = {
  eventsPerSecond: number('eventsPerSecond', 1_000),
  eventsInConversation: number('eventsInConversation', 20),
  conversationsKept: number('conversationsKept', 500_000),
  sockets: number('sockets', 100_000),
  followers: number('followers', 2),
  coresOfAll: number('coresOfAll', Infinity),
  socketKilobytes: number('socketKilobytes', 21.3),
  firstEventBytes: number('firstEventBytes', 6_100),
  furtherEventBytes: number('furtherEventBytes', 1_172),
  busyShare: number('busyShare', 0.6),
  gatewayMegabytes: number('gatewayMegabytes', 2_000),
};
/** Webhooks in flight per gateway: the more, the less each costs Redis. */
const inFlightEach = number('inFlight', 32);
/** Microseconds of CPU. */
const costs = {
  take: number('take', 251),
  publishLocal: number('publishLocal', 21),
  hear: number('hear', 57),
  delivery: number('delivery', 12),
  redisAppend: number('redisAppend', 95),
  redisSync: number('redisSync', 1206),
};

const memory = n.conversationsKept * (n.firstEventBytes + (n.eventsInConversation - 1) * n.furtherEventBytes);
const perCore = 1e6 * n.busyShare;
const enough = (count) =>
  (n.eventsPerSecond * predicted(costs, { gateways: count, followers: n.followers, inFlight: inFlightEach * count }).gateways) / count <=
  perCore;
let forEvents = 1;
while (!enough(forEvents)) forEvents += 1;
const forSockets = Math.ceil((n.sockets * n.socketKilobytes) / 1_000 / n.gatewayMegabytes);
const count = number('gateways', Math.max(forEvents, forSockets));
const cost = predicted(costs, { gateways: count, followers: n.followers, inFlight: inFlightEach * count });
const redisNodes = Math.ceil((n.eventsPerSecond * cost.redis) / perCore);
console.log(`Redis: ${redisNodes} node(s) for the events; ${(memory / 1e9).toFixed(1)} GB for what is kept, spread over them`);
console.log(`gateways: ${forEvents} for the events, ${forSockets} for the sockets: ${Math.max(forEvents, forSockets)}`);
const { by, most } = mostPerSecond(cost, { count, cores: n.coresOfAll });
console.log(
  `one event costs ${count} gateway(s) ${Math.round(cost.gateways)} µs, and Redis ${Math.round(cost.redis)} µs: at most ${Math.floor(most)} a second, for ${by}`,
);
