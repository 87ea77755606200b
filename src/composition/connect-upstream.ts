import { isSimulated } from '../upstream-config.js';
import type { ChatApi } from '../datasources/chat-api.js';
import { findGeneration } from '../datasources/generations.js';
import type { RealUpstream } from '../datasources/generations.js';
import { LowPriorityGuard } from '../datasources/upstream/low-priority-guard.js';
import type { LowPriorityGuardOptions } from '../datasources/upstream/low-priority-guard.js';
import { ResiliencePolicy } from '../datasources/upstream/resilience-policy.js';
import type { UpstreamCallReport } from '../datasources/upstream/upstream-call.js';
import type { Simulator } from '../simulator/simulator.js';
import { startSimulator } from './create-upstream.js';
import type { SimulatorSettings } from './create-upstream.js';
import type { GatewayRuntime } from './runtime.js';
import { UpstreamHealthMonitor } from './upstream-health.js';

/** The contact centre, and what watches over the calls to it. */
export interface ConnectedUpstream {
  readonly api: ChatApi;
  /** The same for calls that nobody waits for, over connections of its own; to be closed by whoever opens it. */
  readonly lowPriorityApi: (options: LowPriorityOptions) => ChatApi;
  readonly policy: ResiliencePolicy;
  readonly health: UpstreamHealthMonitor;
  /** Where it is and who we are there. */
  readonly settings: RealUpstream;
  /** Null on a real contact centre. */
  readonly simulator: Simulator | null;
}

export interface LowPriorityOptions extends Omit<LowPriorityGuardOptions, 'policy'> {
  /** Called with each call that was sent. */
  readonly onCall: (report: UpstreamCallReport) => void;
}

/** Starts the simulated contact centre where the settings ask for it. */
export async function connectUpstream(runtime: GatewayRuntime): Promise<ConnectedUpstream> {
  const { config, overrides, clock, logger, metrics, telemetry } = runtime;
  const simulated = isSimulated(config.upstream) ? await startSimulator(config.upstream, simulatorSettings(runtime)) : null;
  const settings = simulated?.upstream ?? (config.upstream as RealUpstream);
  const health = new UpstreamHealthMonitor(logger, clock, metrics);
  const policy = createPolicy(runtime);
  const callOptions = {
    clock,
    onCall: (report: UpstreamCallReport) => health.record(report),
    guard: policy,
    tracing: telemetry.tracing,
    timeoutMs: overrides.upstreamTimeoutMs ?? config.upstreamCalls.timeoutMs,
    ...(overrides.upstreamAdapter === undefined ? {} : { adapter: overrides.upstreamAdapter }),
    ...(overrides.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: overrides.idleTimeoutMs }),
  };
  const generation = findGeneration(settings);
  const lowPriorityApi = ({ onCall, ...options }: LowPriorityOptions) =>
    generation.createChatApi(settings, {
      ...callOptions,
      guard: new LowPriorityGuard({ ...options, policy }),
      onCall: (report) => {
        if (report.called) onCall(report);
        callOptions.onCall(report);
      },
    });
  return {
    api: generation.createChatApi(settings, callOptions),
    lowPriorityApi,
    policy,
    health,
    settings,
    simulator: simulated?.simulator ?? null,
  };
}

/** Its state is kept beside an event log in a file: a Redis is shared by gateways that have a simulator each. */
function simulatorSettings({ config, logger }: GatewayRuntime): SimulatorSettings {
  return { faults: config.simulatorFaults, directory: 'directory' in config.eventLog ? config.eventLog.directory : null, logger };
}

function createPolicy({ config, overrides, logger, metrics }: GatewayRuntime): ResiliencePolicy {
  return new ResiliencePolicy({
    clock: Date.now,
    inFlight: config.upstreamCalls.inFlight,
    ...overrides.upstreamGuard,
    onCircuit: (open) => logger.warn({ open }, open ? 'upstream down: circuit open' : 'upstream recovered: circuit closed'),
    onBusy: (busy) => logger.warn({ busy }, busy ? 'upstream overloaded: rejecting calls' : 'upstream no longer overloaded'),
    onRetry: () => metrics.upstreamRetries.inc(),
  });
}
