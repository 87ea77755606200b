import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page of another origin, as strict as a page can be: only its own scripts and the gateway's, no inline styles, nothing compiled from text. */
export class HostPage {
  private constructor(
    readonly origin: string,
    private readonly server: ReturnType<typeof createServer>,
    private readonly page: { html: string; policy: string; script: string; styles: string },
  ) {}

  static async start(): Promise<HostPage> {
    const page = { html: '', policy: '', script: '', styles: '' };
    const server = createServer(({ url }, response) => {
      if (url === '/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(page.script);
      else if (url === '/page.css') response.writeHead(200, { 'content-type': 'text/css' }).end(page.styles);
      else if (url === '/')
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy }).end(page.html);
      else response.writeHead(204).end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new HostPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, page);
  }

  /** What the page has: the widget's script tag with these attributes, a script of its own that runs before, and a style sheet. */
  show(
    gateway: string,
    { attributes = '', script = '', styles = '' }: Partial<Record<'attributes' | 'script' | 'styles', string>> = {},
  ): void {
    const sockets = gateway.replace('http', 'ws');
    this.page.policy = `default-src 'none'; script-src 'self' ${gateway}; style-src 'self'; connect-src ${gateway} ${sockets}; img-src ${gateway}; frame-ancestors 'none'; base-uri 'none'`;
    this.page.script = script;
    this.page.styles = styles;
    this.page.html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>A shop</title>
    <script src="/page.js"></script>
    <link rel="stylesheet" href="/page.css" />
  </head>
  <body>
    <main>
      <h1>A shop</h1>
      <p>Shoes for all.</p>
    </main>
    <script src="${gateway}/demo/widget.js" data-gateway="${gateway}" ${attributes} async></script>
  </body>
</html>`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
