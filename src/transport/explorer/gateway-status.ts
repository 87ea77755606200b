import type { LogHealth } from '../../events/port/event-log.js';
import type { UpstreamHealth } from '../http/health.js';

/** Webhook requests since the start. */
export interface WebhookActivity {
  /** Answered with 2xx. */
  readonly accepted: number;
  readonly rejected: number;
  /** When the last one arrived. Null if none has. */
  readonly lastAt: Date | null;
  /** Why the last rejected one was rejected, in the words of the log. Null if none was. */
  readonly lastRejection: string | null;
  /** The last one that held an event. Null if none has. */
  readonly lastEvent: { readonly type: string; readonly receivedAt: Date } | null;
}

/** What the start page shows of a running gateway. */
export interface GatewayStatus {
  readonly upstream: UpstreamHealth & { readonly kind: string; readonly simulated: boolean };
  readonly log: LogHealth & { readonly engine: string };
  readonly webhooks: WebhookActivity;
  readonly sockets: number;
  readonly subscriptions: number;
  readonly versions: { readonly gateway: string; readonly node: string };
  readonly uptimeMs: number;
  readonly now: Date;
}

/** One tile of the start page. */
export interface StatusTile {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  /** `idle`: nothing has happened yet. */
  readonly state: 'ok' | 'idle' | 'warning' | 'error';
}

/** What a status says, for people. */
export function statusTiles(status: GatewayStatus): readonly StatusTile[] {
  return [upstreamTile(status), logTile(status), webhooksTile(status), lastEventTile(status), clientsTile(status), processTile(status)];
}

function upstreamTile({ upstream, now }: GatewayStatus): StatusTile {
  const { kind, simulated, circuitOpen, lastSuccessAt, lastFaultAt, lastFaultReason } = upstream;
  const name = 'Contact centre';
  const what = simulated ? `${kind}, simulated` : kind;
  if (circuitOpen) return { name, value: 'Down', detail: `${what}; circuit breaker open`, state: 'error' };
  if (lastSuccessAt === null && lastFaultAt === null) return { name, value: 'Not called yet', detail: what, state: 'idle' };
  const isFailing = lastFaultAt !== null && (lastSuccessAt === null || lastFaultAt > lastSuccessAt);
  const reason = lastFaultReason === null ? '' : `: ${lastFaultReason}`;
  if (isFailing) return { name, value: 'Failing', detail: `${what}; last call failed ${ago(lastFaultAt, now)}${reason}`, state: 'warning' };
  return { name, value: 'Healthy', detail: `${what}; last answer ${ago(lastSuccessAt, now)}`, state: 'ok' };
}

function logTile({ log }: GatewayStatus): StatusTile {
  const detail = [log.engine, ...log.warnings].join('; ');
  if (!log.ok) return { name: 'Event log', value: 'Not writable', detail, state: 'error' };
  return { name: 'Event log', value: 'Ready', detail, state: log.warnings.length === 0 ? 'ok' : 'warning' };
}

function webhooksTile({ webhooks, upstream, now }: GatewayStatus): StatusTile {
  const { accepted, rejected, lastAt, lastRejection } = webhooks;
  const name = 'Webhooks';
  const hint = upstream.simulated ? 'Open a conversation to cause some' : 'Registered by the command setup';
  if (lastAt === null) return { name, value: 'None yet', detail: hint, state: 'idle' };
  const value = `${accepted} accepted${rejected === 0 ? '' : `, ${rejected} rejected`}`;
  const detail = `Last one ${ago(lastAt, now)}${lastRejection === null ? '' : `; last rejection: ${lastRejection}`}`;
  return { name, value, detail, state: rejected === 0 ? 'ok' : 'warning' };
}

function lastEventTile({ webhooks: { lastEvent }, now }: GatewayStatus): StatusTile {
  const name = 'Last event';
  if (lastEvent === null) return { name, value: 'None yet', detail: 'Since the start of this process', state: 'idle' };
  return { name, value: inWords(lastEvent.type), detail: `Received ${ago(lastEvent.receivedAt, now)}`, state: 'ok' };
}

function clientsTile({ sockets, subscriptions }: GatewayStatus): StatusTile {
  const value = `${sockets} ${sockets === 1 ? 'socket' : 'sockets'}`;
  return {
    name: 'Clients',
    value,
    detail: `Subscriptions: ${subscriptions}, including the gateway’s own`,
    state: sockets === 0 ? 'idle' : 'ok',
  };
}

const processTile = ({ versions, uptimeMs }: GatewayStatus): StatusTile => ({
  name: 'Version',
  value: versions.gateway,
  detail: `Node.js ${versions.node}, up for ${duration(uptimeMs)}`,
  state: 'ok',
});

/** `MESSAGE_ADDED` as "Message added". */
const inWords = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase().replaceAll('_', ' ');

const ago = (then: Date | null, now: Date): string =>
  then === null ? 'never' : now.getTime() - then.getTime() < 1_000 ? 'just now' : `${duration(now.getTime() - then.getTime())} ago`;

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}
