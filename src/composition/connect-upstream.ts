import { isSimulated } from '../config.js';
import type { ChatApi } from '../datasources/chat-api.js';
import { findGeneration } from '../datasources/generations.js';
import type { RealUpstream } from '../datasources/generations.js';
import { ResiliencePolicy } from '../datasources/upstream/resilience-policy.js';
import type { Simulator } from '../simulator/simulator.js';
import { startSimulator } from './create-upstream.js';
import type { GatewayRuntime } from './runtime.js';
import { UpstreamHealthMonitor } from './upstream-health.js';

/** The contact centre, and what watches over the calls to it. */
export interface ConnectedUpstream {
  readonly api: ChatApi;
  readonly policy: ResiliencePolicy;
  readonly health: UpstreamHealthMonitor;
  /** Where it is and who we are there. */
  readonly settings: RealUpstream;
  /** Null on a real contact centre. */
  readonly simulator: Simulator | null;
}

/** Starts the simulated contact centre where the settings ask for it. */
export async function connectUpstream(runtime: GatewayRuntime): Promise<ConnectedUpstream> {
  const { config, overrides, clock, logger, metrics, telemetry } = runtime;
  const simulated = isSimulated(config.upstream) ? await startSimulator(config.upstream, config.simulatorFaults) : null;
  const settings = simulated?.upstream ?? (config.upstream as RealUpstream);
  const health = new UpstreamHealthMonitor(logger, clock, metrics);
  const policy = createPolicy(runtime);
  const api = findGeneration(settings).createChatApi(settings, {
    clock,
    onCall: (report) => health.record(report),
    guard: policy,
    tracing: telemetry.tracing,
    timeoutMs: overrides.upstreamTimeoutMs ?? config.upstreamCalls.timeoutMs,
    ...(overrides.upstreamAdapter === undefined ? {} : { adapter: overrides.upstreamAdapter }),
    ...(overrides.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: overrides.idleTimeoutMs }),
  });
  return { api, policy, health, settings, simulator: simulated?.simulator ?? null };
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
