import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Service } from 'kubernetes-models/v1/Service';
import ts from 'typescript';
import { knownVariables, LOG_CLOSE_SECONDS, parseEnvFile, readDeployed, readFromRoot } from '../../support/deployed-settings.js';

const BASE = 'deploy/kubernetes/base';
const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly literals: readonly string[] }[];
}
const kustomization = (path: string) => load(readFromRoot(`${path}/kustomization.yaml`)) as Kustomization;
const manifest = (name: string): unknown => load(readFromRoot(`${BASE}/${name}`));

/** Each manifest, its model, and where the model's type is. */
const KINDS = {
  'deployment.yaml': [Deployment, 'apps/v1/Deployment'],
  'horizontal-pod-autoscaler.yaml': [HorizontalPodAutoscaler, 'autoscaling/v2/HorizontalPodAutoscaler'],
  'ingress.yaml': [Ingress, 'networking.k8s.io/v1/Ingress'],
  'pod-disruption-budget.yaml': [PodDisruptionBudget, 'policy/v1/PodDisruptionBudget'],
  'service.yaml': [Service, 'v1/Service'],
} as const;

const deployment = new Deployment(manifest('deployment.yaml') as ConstructorParameters<typeof Deployment>[0]);
const pod = deployment.spec?.template.spec;
const container = pod?.containers[0];
const settings = parseEnvFile(
  [...kustomization(BASE).configMapGenerator, ...kustomization('deploy/kubernetes/example').configMapGenerator]
    .flatMap(({ literals }) => literals)
    .join('\n'),
);
const environment = {
  NODE_ENV: 'production',
  HOST: '0.0.0.0',
  ...settings,
  ...Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, value])),
};

/** What the compiler objects to in a manifest as a literal of its type: unlike the schemas, it knows every field that there is. */
function typeErrors(literals: Readonly<Record<string, { readonly value: unknown; readonly type: string }>>): string[] {
  const name = `${root}manifests.ts`;
  const source = Object.values(literals)
    .map(
      ({ value, type }, index) =>
        `import type { I${type.split('/').at(-1) ?? ''} as T${index} } from 'kubernetes-models/${type}';\nexport const m${index}: T${index} = ${JSON.stringify(value)};`,
    )
    .join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, source, ts.ScriptTarget.ES2022) : getSourceFile(path, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('the Kubernetes manifests', () => {
  it('are those that the kustomization names', () => {
    expect([...kustomization(BASE).resources].sort()).toEqual(Object.keys(KINDS));
    const files = readdirSync(`${root}${BASE}`).filter((name) => name !== 'kustomization.yaml');
    expect(files.sort()).toEqual(Object.keys(KINDS));
  });

  it.each(Object.entries(KINDS))('%s is valid by the schema of its kind', (name, [Model]) => {
    const value = manifest(name) as never;
    expect(() => new Model(value).validate()).not.toThrow();
  });

  it('have no field that their kinds do not know', () => {
    const literals = Object.fromEntries(Object.entries(KINDS).map(([name, [, type]]) => [name, { value: manifest(name), type }]));
    expect(typeErrors(literals)).toEqual([]);
    const misspelt = { ...(manifest('service.yaml') as object), spec: { selectors: {} } };
    expect(typeErrors({ misspelt: { value: misspelt, type: 'v1/Service' } })).toEqual([expect.stringContaining('"selectors"')]);
  });

  it('hold valid settings, and no others than the gateway reads', () => {
    expect(Object.keys(environment).filter((name) => !knownVariables().has(name))).toEqual([]);
    expect(readDeployed(environment)).toMatchObject({ auth: { mode: 'jwt' }, eventLog: { redis: { requireDurable: true } } });
  });

  it('let a gateway drain before it is killed, and serve on until the endpoints are updated', () => {
    const { drainMs, drainNoticeMs } = readDeployed(environment);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drainMs / 1_000 + LOG_CLOSE_SECONDS);
    expect(drainNoticeMs).toBeGreaterThanOrEqual((container?.readinessProbe?.periodSeconds ?? 0) * 1_000);
    expect(drainNoticeMs).toBeLessThanOrEqual(drainMs / 2);
  });

  it('probe what is there, and restart no gateway because Redis is away', () => {
    const paths = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe].map((probe) => probe?.httpGet?.path);
    expect(paths).toEqual(['/healthz', '/healthz', '/readyz']);
  });

  it('run it without rights, on a read-only root, with secrets as files', () => {
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container?.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    const secrets = (container?.env ?? []).filter(({ name }) => /KEY|SECRET|PASSWORD/.test(name));
    const mounted = container?.volumeMounts?.find(({ name }) => name === 'secrets')?.mountPath ?? '?';
    expect(secrets.length).toBeGreaterThan(0);
    expect(secrets.every(({ name, value = '' }) => name.endsWith('_FILE') && value.startsWith(mounted))).toBe(true);
  });

  it('select the same pods', () => {
    const label = { 'app.kubernetes.io/name': 'chat-graphql-gateway' };
    expect(deployment.spec?.template.metadata?.labels).toEqual(label);
    expect(deployment.spec?.selector.matchLabels).toEqual(label);
    expect((manifest('service.yaml') as { spec: { selector: unknown } }).spec.selector).toEqual(label);
    expect((manifest('pod-disruption-budget.yaml') as { spec: { selector: { matchLabels: unknown } } }).spec.selector.matchLabels).toEqual(
      label,
    );
  });

  it('show the public what clients and the contact centre need, and nothing else', () => {
    interface Rules {
      readonly spec: { readonly rules: readonly { readonly http: { readonly paths: readonly { readonly path: string }[] } }[] };
    }
    const paths = (manifest('ingress.yaml') as Rules).spec.rules.flatMap(({ http }) => http.paths.map(({ path }) => path));
    expect(paths).toEqual(['/graphql', '/webhooks', '/uploads', '/attachments']);
  });
});
