// How many Redis nodes, how much memory and how many gateways a load takes. Give your own numbers as NAME=VALUE:
//   node bench/scaling-model.js eventsPerSecond=5000 conversationsKept=2000000 sockets=1000000
// The costs are those that `bench/redis-log.js` measured, see docs/scaling.md; measure them again on your machines. `deliveryMicroseconds` and `socketKilobytes`
// were not measured by it: they are guesses to be replaced.
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
  listenersOfAnEvent: number('listenersOfAnEvent', 2),
  coresOfAll: number('coresOfAll', Infinity),
  redisMicroseconds: number('redisMicroseconds', 90),
  appendMicroseconds: number('appendMicroseconds', 200),
  deliveryMicroseconds: number('deliveryMicroseconds', 50),
  socketKilobytes: number('socketKilobytes', 30),
  firstEventBytes: number('firstEventBytes', 6_100),
  furtherEventBytes: number('furtherEventBytes', 1_172),
  busyShare: number('busyShare', 0.6),
  gatewayMegabytes: number('gatewayMegabytes', 2_000),
};
const gateways = number('gateways', 0);

const memory = n.conversationsKept * (n.firstEventBytes + (n.eventsInConversation - 1) * n.furtherEventBytes);
const perCore = 1e6 * n.busyShare;
const redisNodes = Math.ceil((n.eventsPerSecond * n.redisMicroseconds) / perCore);
const forEvents = (n.eventsPerSecond * (n.appendMicroseconds + n.listenersOfAnEvent * n.deliveryMicroseconds)) / perCore;
const forSockets = (n.sockets * n.socketKilobytes) / 1_000 / n.gatewayMegabytes;
console.log(`Redis: ${redisNodes} node(s) for the appends; ${(memory / 1e9).toFixed(1)} GB for what is kept, spread over them`);
console.log(
  `gateways: ${Math.ceil(forEvents)} for the events, ${Math.ceil(forSockets)} for the sockets: ${Math.ceil(Math.max(forEvents, forSockets))}`,
);
if (gateways > 0) {
  // Each process has one thread that counts; all together have no more than the machine's cores.
  const byGateways = (gateways * 1e6) / n.appendMicroseconds;
  const byRedis = 1e6 / n.redisMicroseconds;
  const byCores = (n.coresOfAll * 1e6) / (n.appendMicroseconds + n.redisMicroseconds);
  console.log(`most appends a second through ${gateways} process(es) and one Redis: ${Math.floor(Math.min(byGateways, byRedis, byCores))}`);
}
