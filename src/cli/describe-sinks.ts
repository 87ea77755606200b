import type { RetryRequested, SinkStatus } from '../sinks/administration.js';

/** Dead letters of one sink that are printed for people. */
const PRINTED = 20;

/** Times are text in JSON. */
export type AsJson<T> = T extends Date ? string : T extends object ? { [K in keyof T]: AsJson<T[K]> } : T;
type Status = AsJson<SinkStatus>;

const COMMAND = 'chat-graphql-gateway sinks retry --sink';

/** The state of a sink for operators, in lines; the first is the answer to "is it well?", the last says what to do. */
export function describeStatus(status: Status, now: number): string {
  const { sink, behindSince, acceptedAt, lastFailure, shards, ownedShards, unknownChannels, deadLetterCount } = status;
  const rows = [
    ['waiting', behindSince === null ? 'nothing' : `events received since ${withAge(behindSince, now)}`],
    ['last accepted', acceptedAt === null ? 'never' : withAge(acceptedAt, now)],
    ['last failure', lastFailure === null ? 'none' : `${withAge(lastFailure.at, now)}: ${lastFailure.reason}`],
    ['shards', `${ownedShards} of ${shards} are delivered by running gateways`],
    ...(unknownChannels.length === 0 ? [] : [['channels', `the contact centre has none with the id ${unknownChannels.join(', ')}`]]),
    ['dead letters', String(deadLetterCount)],
  ];
  const lines = [`${sink}: ${describeState(status)}`, ...rows.map(([label = '', value]) => `  ${label.padEnd(13)}  ${value}`)];
  return `${[...lines, ...describeLetters(status), ...adviseOn(status).map((advice) => `  -> ${advice}`)].join('\n')}\n`;
}

/** Whether attempts fail now, and nothing has been accepted since. */
const isFailing = ({ behindSince, acceptedAt, lastFailure }: Status): boolean =>
  behindSince !== null && lastFailure !== null && (acceptedAt === null || acceptedAt < lastFailure.at);

function describeState(status: Status): string {
  const { disabled, ownedShards, shards, behindSince, unknownChannels, deadLetterCount } = status;
  if (disabled !== null) return `disabled since ${disabled.at}: ${disabled.reason}`;
  if (ownedShards === 0) return 'not delivered by any gateway';
  if (isFailing(status)) return 'failing';
  if (ownedShards < shards) return 'in part not delivered by any gateway';
  const progress = behindSince === null ? 'up to date' : 'delivering what waits';
  const exceptions = [
    ...(behindSince === null && deadLetterCount > 0 ? ['for dead letters'] : []),
    ...(unknownChannels.length > 0 ? ['with channels that do not exist'] : []),
  ];
  return exceptions.length === 0 ? progress : `${progress}, but ${exceptions.join(' and ')}`;
}

function describeLetters({ deadLetterCount, deadLetters }: Status): readonly string[] {
  const lines = deadLetters
    .slice(0, PRINTED)
    .map(
      ({ eventId, conversationId, type, failedAt, attempts, reason }) =>
        `    ${failedAt}  ${eventId}  ${type}  conversation ${conversationId ?? '-'}  ${attempts} attempts, the last: ${reason}`,
    );
  return deadLetterCount > PRINTED ? [...lines, `    … and ${deadLetterCount - PRINTED} more (--json lists them)`] : lines;
}

/** What an operator can do, most urgent first. */
function adviseOn(status: Status): readonly string[] {
  const { sink, disabled, ownedShards, unknownChannels, deadLetterCount } = status;
  const advice: string[] = [];
  if (disabled !== null) advice.push(`its receiver asked to be sent nothing any more; once it wants events again: ${COMMAND} ${sink}`);
  else if (ownedShards === 0) advice.push('is a gateway running whose SINKS_FILE lists this sink?');
  else if (isFailing(status))
    advice.push(
      'it is tried again by itself, and nothing is lost within EVENT_RETENTION_HOURS; what the reason means: docs/runbook.md, "Sink behind"',
    );
  if (unknownChannels.length > 0)
    advice.push('its channelIds in SINKS_FILE are wrong, or the channels were deleted: correct them and restart the gateways');
  if (deadLetterCount > 0 && disabled === null) advice.push(`to send the dead letters again: ${COMMAND} ${sink}`);
  return advice;
}

/** What `sinks retry` has done to a sink, in one line. */
export function describeRetry({ sink, enabled, requested }: RetryRequested): string {
  const letters =
    requested === 0
      ? 'no dead letters to send again'
      : `${requested} ${requested === 1 ? 'dead letter' : 'dead letters'} will be sent again`;
  return `${sink}: ${enabled ? 'enabled; ' : ''}${letters}\n`;
}

function withAge(time: string, now: number): string {
  return `${time} (${formatAge(Math.max(0, now - Date.parse(time)))} ago)`;
}

function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
