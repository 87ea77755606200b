import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedUpstream } from '../upstream-config.js';
import type { Services } from '../context/services.js';
import type { ChatApi, OutgoingMessage } from '../datasources/chat-api.js';
import type { GenerationName, RealUpstream } from '../datasources/generations.js';
import type { Appended } from '../events/port/stored-event.js';
import { EchoSynthesizer } from '../events/jobs/synthetic-events.js';
import type { UpstreamWithoutEchoes } from '../events/jobs/synthetic-events.js';
import type { Logger } from '../observability/logger.js';
import type { Span, Tracing } from '../observability/tracing.js';
import type { FaultSettings } from '../simulator/faults/faults.js';
import type { Simulator } from '../simulator/simulator.js';
import type { StateFile } from '../simulator/state/state-file.js';
import { appendsWithSpans } from './appends-with-spans.js';

/** The settings for a simulated contact centre in one of its two generations. */
export function simulatedUpstream(simulator: Simulator, kind: GenerationName): RealUpstream {
  const { url, apiKey, apiSecret, tenantId, customerId, region } = simulator;
  const common = { url, apiKey, tenantId, customerId };
  return kind === 'chat-gateway-v1' ? { kind, ...common } : { kind, ...common, apiSecret, region };
}

export interface SimulatorSettings {
  /** What goes wrong there. */
  readonly faults: FaultSettings;
  /** Where its state is kept. Null if it is not kept. */
  readonly directory: string | null;
  readonly logger: Logger;
}

/** Imported only where it is wanted: a gateway in production never loads it. */
export async function startSimulator(
  { kind }: SimulatedUpstream,
  { faults, directory, logger }: SimulatorSettings,
): Promise<{ simulator: Simulator; upstream: RealUpstream }> {
  const { createSimulator } = await import('../simulator/simulator.js');
  const generation = kind === 'simulator' ? 'chat-gateway-v1' : 'chat-api-v2';
  const state = directory === null ? {} : { state: await openState(directory, logger) };
  const simulator = createSimulator({ generation, faults, ...state });
  await simulator.listen();
  return { simulator, upstream: simulatedUpstream(simulator, generation) };
}

/** The state of the simulated contact centre, beside the event log. */
async function openState(directory: string, logger: Logger): Promise<StateFile> {
  const { StateFile } = await import('../simulator/state/state-file.js');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return StateFile.open({
    file: join(directory, 'simulator.db'),
    onProblem: (problem) => logger.warn({ note: problem }, 'simulator state'),
  });
}

interface EchoOptions extends Pick<Services, 'log' | 'clock'> {
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly onAppended: (appended: Appended) => void;
}

/** Null if the upstream echoes API writes as events itself. */
export function createEchoSynthesizer(api: ChatApi, { log, clock, logger, tracing, onAppended }: EchoOptions): Services['echoes'] {
  if (api.echoesApiWrites) return null;
  const upstreamFor = (span: Span | null) => upstreamWithoutEchoes(span === null ? api : api.tracedBy(span), log);
  const onAppendError = (error: unknown, conversationId: string, span: Span | null) =>
    logger.warn({ conversationId, error, ...span?.logFields }, 'echo event could not be appended');
  return new EchoSynthesizer({ upstreamFor, logFor: appendsWithSpans(log, tracing), clock, onAppended, onAppendError });
}

function upstreamWithoutEchoes(api: ChatApi, log: EchoOptions['log']): UpstreamWithoutEchoes<OutgoingMessage> {
  return {
    sendMessage: api.sendMessage.bind(api),
    leaveAsCustomer: api.leaveAsCustomer.bind(api),
    isOpen: async (conversationId: string) => {
      const record = await api
        .conversation(conversationId, { asOf: await (await log.head()).cursor({ conversationId }) })
        .catch(() => null);
      return record === null || record.upstreamState === null ? null : record.upstreamState !== 'IDLE';
    },
  };
}
