import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { AxiosAdapter, InternalAxiosRequestConfig } from 'axios';
import axios from 'axios';
import { load } from 'js-yaml';

/** Where the vendor's files lie beside a checkout, on machines that have them. */
export const CHAT_GATEWAY_CONTRACT = new URL('../../../shared/upstream/chat-gateway-v1.oas.yml', import.meta.url).pathname;
export const CHAT_API_CONTRACT = new URL('../../../shared/upstream/chat-api-v2.oas.json', import.meta.url).pathname;

interface Media {
  readonly schema?: object;
}
interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
}
interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [part: string]: unknown;
}

/** One call and its answer. Bodies are parsed; undefined where there is none. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly requestBody: unknown;
  readonly requestType: string;
  readonly status: number;
  readonly contentType: string;
  readonly responseBody: unknown;
}

const FORM = 'application/x-www-form-urlencoded';
/** What the Chat API calls a parameter that can have many names. */
const ANY_KEY = 'customer.<anyCustomerKeyName>';

/** Where the file contradicts itself: what it says here is not held against anybody. */
export const KNOWN_FAULTS: readonly { readonly fault: RegExp; readonly reason: string }[] = [
  { fault: /\/jwk\/.* must be string/, reason: 'a key is said to be a text, and the example is an object' },
  { fault: /required property 'data'/, reason: 'lists require `data`, and describe `_embedded`' },
  { fault: /required property '(messages|cards)'/, reason: 'lists require a name that only `_embedded` has' },
  {
    fault: /required property '(size|type)'.*attachment/i,
    reason: 'an attachment requires `size` and `type`, and describes `sizeInBytes` and no type',
  },
  {
    fault: /errors must be (object|string|array)/,
    reason: 'one problem body describes `errors` as an object, others as a list of texts or of objects',
  },
  { fault: /errors\/\d+ must be (object|string)/, reason: 'as above' },
  { fault: /\/conversations .*required property 'user'/, reason: 'a new conversation requires `user`, and describes `customer`' },
  { fault: /\/messages .*required property 'participants'/, reason: 'a list of messages requires `participants`, and describes none' },
  {
    fault: /\/messages .*required property '(type|senderId)'/,
    reason: 'a message requires `type` and `senderId`, and describes `authorType` and `participantId`',
  },
  { fault: /participants must be object/, reason: 'a list of participants is described as one object' },
];

/**
 * The vendor's description of the API, to hold calls against.
 *
 * Read by js-yaml 4, which `package.json` pins: the file has quoted texts that go on in lines indented no deeper than their key. YAML 1.2 wants them deeper (section 7.3.1),
 * and js-yaml 5 refuses them (`deficient indentation`, seen with 5.5.0).
 */
export class VendorContract {
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  readonly #contract: Contract;
  readonly #validators = new Map<string, ValidateFunction>();
  readonly violations: string[] = [];

  private constructor(file: string) {
    this.#contract = load(readFileSync(file, 'utf8')) as Contract;
    // In OpenAPI 3.0 these are true or false, which JSON Schema no longer knows.
    this.#ajv.removeKeyword('exclusiveMaximum').removeKeyword('exclusiveMinimum');
    this.#ajv.addSchema({ $id: 'contract', ...this.#contract });
  }

  /** Null where the file is not present. */
  static load(file: string): VendorContract | null {
    return existsSync(file) ? new VendorContract(file) : null;
  }

  get operationIds(): string[] {
    return Object.values(this.#contract.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  }

  /** Carries calls as axios does, and holds each against the contract. */
  readonly adapter: AxiosAdapter = async (config) => {
    const response = await axios.getAdapter('http')(config);
    this.hold(callOf(config, response));
    return response;
  };

  /** The id of the operation that a call is; null where there is none. */
  operationId(call: Pick<Call, 'method' | 'path'>): string | null {
    return this.#operation(call)?.operation.operationId ?? null;
  }

  hold(call: Call): void {
    const at = `${call.method} ${call.path} → ${call.status}`;
    const found = this.#operation(call);
    if (found === null) {
      this.violations.push(`${at}: no such operation`);
      return;
    }
    const { operation, pointer } = found;
    const known = new Set(
      (operation.parameters ?? [])
        .map((parameter) => this.#resolve<Parameter>(parameter))
        .filter((one) => one.in === 'query')
        .map(({ name }) => name),
    );
    for (const name of call.query)
      if (!known.has(name) && !(name.startsWith('customer.') && known.has(ANY_KEY)))
        this.violations.push(`${at}: unknown query parameter ${name}`);
    if (call.requestBody !== undefined)
      this.#check(at, operation.requestBody, `${pointer}/requestBody`, call.requestType, call.requestBody);
    this.#holdAnswer(at, operation, pointer, call);
  }

  #holdAnswer(at: string, { responses }: Operation, pointer: string, { status, contentType, responseBody }: Call): void {
    const key = responses[status] ? String(status) : 'default';
    if (key === 'default' && status < 300) this.violations.push(`${at}: not a status of this operation`);
    if (responseBody === undefined) return;
    this.#check(at, responses[key], `${pointer}/responses/${key}`, contentType, responseBody);
  }

  #check(at: string, described: Described | undefined, pointer: string, contentType: string, body: unknown): void {
    const target = described?.$ref?.slice(1) ?? pointer;
    const { content } = described === undefined ? {} : this.#resolve<Described>(described);
    if (content === undefined) return;
    if (content[contentType] === undefined) {
      this.violations.push(`${at}: content type ${contentType} where ${Object.keys(content).join(', ')} is described`);
      return;
    }
    const ref = `contract#${target}/content/${escape(contentType)}/schema`;
    let validate = this.#validators.get(ref);
    if (validate === undefined) this.#validators.set(ref, (validate = this.#ajv.compile({ $ref: ref })));
    if (validate(body)) return;
    for (const error of validate.errors ?? []) {
      const text = `${at}: ${describeError(error)}`;
      if (!KNOWN_FAULTS.some(({ fault }) => fault.test(text))) this.violations.push(text);
    }
  }

  #operation({ method, path }: Pick<Call, 'method' | 'path'>): { operation: Operation; pointer: string } | null {
    const templates = Object.keys(this.#contract.paths).filter((template) =>
      new RegExp(`^${template.replace(/\{[\w-]+\}/g, '[^/]+')}$`).test(path),
    );
    // `/webhooks/verify` before `/webhooks/{id}`.
    templates.sort((a, b) => a.split('{').length - b.split('{').length);
    for (const template of templates) {
      const operation = this.#contract.paths[template]?.[method.toLowerCase()];
      if (operation) return { operation, pointer: `/paths/${escape(template)}/${method.toLowerCase()}` };
    }
    return null;
  }

  #resolve<T>(part: T & { readonly $ref?: string }): T {
    if (part.$ref === undefined) return part;
    return part.$ref
      .slice(2)
      .split('/')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], this.#contract) as T;
  }
}

const escape = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

const describeError = ({ instancePath, message = '', params, schemaPath }: ErrorObject): string =>
  `${instancePath.slice(1)} ${message} ${JSON.stringify(params)} (${schemaPath})`;

function callOf(config: InternalAxiosRequestConfig, response: { status: number; headers: unknown; data: unknown }): Call {
  const url = new URL(`${config.baseURL ?? ''}${config.url ?? ''}`);
  const contentType = mediaType((response.headers as Readonly<Record<string, unknown>>)['content-type']);
  const requestType = mediaType(config.headers.get('content-type'));
  return {
    method: (config.method ?? 'get').toUpperCase(),
    path: url.pathname,
    query: [...url.searchParams.keys()],
    requestBody: requestType === FORM ? Object.fromEntries(new URLSearchParams(config.data as string)) : json(config.data),
    requestType,
    status: response.status,
    contentType,
    responseBody: json(response.data),
  };
}

const mediaType = (header: unknown): string => (typeof header === 'string' ? (header.split(';')[0] ?? '') : '');

function json(text: unknown): unknown {
  if (typeof text !== 'string' || text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
