import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilTrue } from './until.js';

export const HOW_TO_GET_NGINX = 'apt-get install nginx-light';

/** An nginx of a test's own, with the body of one `server` block. */
export class Nginx {
  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
  ) {}

  static async start(port: number, server: string): Promise<Nginx> {
    const directory = mkdtempSync(join(tmpdir(), 'nginx-test-'));
    // Started by root, its worker runs as somebody else.
    chmodSync(directory, 0o711);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${directory}/${name};`)
      .join('\n');
    writeFileSync(
      join(directory, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
events { worker_connections 256; }
http { access_log off; ${temporary} server { listen 127.0.0.1:${port}; ${server} } }`,
    );
    const child = spawn('nginx', ['-p', directory, '-e', `${directory}/error.log`, '-c', join(directory, 'nginx.conf')], {
      stdio: 'ignore',
    });
    const nginx = new Nginx(child, directory);
    await untilTrue(async () => {
      if (child.exitCode !== null) throw new Error('nginx has not started');
      return (await fetch(`http://127.0.0.1:${port}/`).catch(() => null)) !== null;
    });
    return nginx;
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGQUIT');
    await closed;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
