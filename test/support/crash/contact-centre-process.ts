import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const TENANT = 'acme01';
const CUSTOMER = 'acme';

/** What the contact centre is to post. */
export interface Order {
  readonly webhookUrl: string;
  /** Further gateways: each try goes to one of all by chance, as behind a load balancer. */
  readonly otherWebhookUrls?: readonly string[];
  /** Events are made for these in turn; each gets one more at the end, of type `CHANNEL_ACTIVITY`, when all others are acknowledged. */
  readonly conversationIds: readonly string[];
  /** How many requests may be in flight. */
  readonly lanes: number;
  /** How many new events a second, until it is asked to finish. Null if `total` are sent, all immediately. */
  readonly perSecond: number | null;
  readonly total?: number;
  /** No new events while so many wait to be sent. */
  readonly mostQueued?: number;
}

/** What the contact centre wrote down. All of its events were acknowledged in the end. */
export interface Ledger {
  readonly events: readonly { readonly eventId: string; readonly conversationId: string }[];
  /** Requests sent; those beyond one an event were sent again, for want of a 2xx. */
  readonly tries: number;
  /** How many requests were answered with which status; `null`: not at all. */
  readonly answers: Readonly<Record<string, number>>;
  /** For how long events were made. */
  readonly postedMs: number;
}

/** The contact centre that `contact-centre.js` runs, in a process of its own. */
export class ContactCentreProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
  ) {}

  static async start(): Promise<ContactCentreProcess> {
    // The test's directory lies beside this file; jest knows files by URLs, too.
    const child = fork(fileURLToPath(new URL('./contact-centre.js', import.meta.url)), [TENANT, CUSTOMER], { execArgv: [] });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new ContactCentreProcess(child, url);
  }

  /** The settings of a gateway that belongs to this contact centre. */
  get settings(): Readonly<Record<string, string>> {
    return {
      UPSTREAM: 'chat-gateway-v1',
      UPSTREAM_URL: this.url,
      UPSTREAM_API_KEY: 'not-checked',
      UPSTREAM_TENANT: TENANT,
      UPSTREAM_CUSTOMER: CUSTOMER,
    };
  }

  /** Starts to post; resolves when everything is acknowledged. */
  async post(order: Order): Promise<Ledger> {
    this.child.send({ order });
    const [{ ledger }] = (await once(this.child, 'message')) as [{ ledger: Ledger }];
    return ledger;
  }

  /** Makes no more events. */
  finish(): void {
    this.child.send({ order: 'finish' });
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}
