import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK } from 'jose';
import type { AuthSettings } from '../../src/config.js';

/** Made anew at each run. */
export const SECRET = randomBytes(32).toString('base64url');
export const WITH_SECRET: AuthSettings = { mode: 'jwt', secret: SECRET, jwksUrl: null, issuer: null, audience: null };

type Claims = Record<string, unknown>;

/** A token signed with the secret, good for an hour from `now` unless it says otherwise. */
export function signed(claims: Claims, { secret = SECRET, now = Date.now() }: { secret?: string; now?: number } = {}): Promise<string> {
  return new SignJWT({ exp: Math.floor(now / 1_000) + 3_600, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret));
}

const named = (kid: string | undefined) => (kid === undefined ? {} : { kid });

/** An issuer with keys of its own and a JWKS URL, which can be made to fail. */
export class Issuer {
  readonly #server: Server;
  #keys: { readonly kid: string | undefined; readonly publicKey: KeyObject; readonly privateKey: KeyObject }[] = [];
  /** Requests for the JWKS so far. */
  fetched = 0;
  failing = false;

  private constructor() {
    this.#server = createServer((_request, response) => {
      this.fetched += 1;
      if (this.failing) response.writeHead(503).end();
      else
        void this.#keySet().then((keySet) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(keySet)));
    });
  }

  static async start(): Promise<Issuer> {
    const issuer = new Issuer();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    issuer.rotate('first');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/jwks`;
  }

  get publicKeys(): KeyObject[] {
    return this.#keys.map(({ publicKey }) => publicKey);
  }

  /** Signs with another key from now on, with or without an id. The ones before stay in the set, unless they are withdrawn. */
  rotate(kid: string | undefined, { withdraw = false } = {}): void {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#keys = [{ kid, ...pair }, ...(withdraw ? [] : this.#keys)];
  }

  async sign(claims: Claims, { kid, now = Date.now() }: { kid?: string; now?: number } = {}): Promise<string> {
    const key = this.#keys.find((one) => kid === undefined || one.kid === kid) ?? this.#keys[0];
    if (key === undefined) throw new Error('no key');
    return new SignJWT({ exp: Math.floor(now / 1_000) + 3_600, ...claims })
      .setProtectedHeader({ alg: 'ES256', ...named(kid ?? key.kid) })
      .sign(key.privateKey);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #keySet() {
    return {
      keys: await Promise.all(
        this.#keys.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), ...named(kid), alg: 'ES256' })),
      ),
    };
  }
}
