import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const WITHOUT_APOLLO = ['graphql', 'graphql-ws', '@graphql-typed-document-node/core'];
const WITH_REACT = [...WITHOUT_APOLLO, 'react', 'react-dom', 'scheduler', '@types/react', '@types/react-dom', 'csstype'];
const WITH_APOLLO = [...WITHOUT_APOLLO, '@apollo/client', 'rxjs', '@wry', 'optimism', 'tslib'];

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'client-package-'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: join(ROOT, 'client') });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A project that has installed the package as published, and these besides. */
function projectWith(name: string, dependencies: readonly string[]): string {
  const project = join(directory, name);
  const installed = join(project, 'node_modules', 'chat-graphql-gateway-client');
  mkdirSync(installed, { recursive: true });
  const [archive = ''] = readdirSync(directory).filter((file) => file.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(directory, archive), '-C', installed, '--strip-components=1']);
  for (const dependency of dependencies) {
    const link = join(project, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', dependency), link);
  }
  writeFileSync(join(project, 'package.json'), '{"type": "module"}');
  return project;
}

/** What a program prints, or what the compiler has to say. */
function run(project: string, program: string): string {
  writeFileSync(join(project, 'program.mts'), program);
  const typescript = join(ROOT, 'node_modules/typescript/bin/tsc');
  const settings = [
    '--strict',
    '--skipLibCheck',
    '--module',
    'NodeNext',
    '--target',
    'ES2022',
    '--typeRoots',
    join(ROOT, 'node_modules/@types'),
  ];
  execFileSync(process.execPath, [typescript, ...settings, 'program.mts'], { cwd: project, stdio: 'pipe' });
  return execFileSync(process.execPath, ['--preserve-symlinks', 'program.mjs'], { cwd: project, encoding: 'utf8' });
}

it('is installed from the archive that the README names', () => {
  const archives = readdirSync(directory).filter((file) => file.endsWith('.tgz'));
  const [, named] = /^npm i \S*\/(\S+\.tgz) /m.exec(readFileSync(join(ROOT, 'client/README.md'), 'utf8')) ?? [];
  expect(archives).toEqual([named]);
});

it('works as published, with types, where there is no Apollo Client', () => {
  const program = `
    import { codesOf, connect, follow } from 'chat-graphql-gateway-client';
    import { ConversationDocument, type ConversationQuery } from 'chat-graphql-gateway-client/documents';
    const state: NonNullable<ConversationQuery['conversation']>['state'] = 'QUEUED';
    console.log([typeof connect, typeof follow, codesOf(null).length, ConversationDocument.kind, state].join());
  `;
  expect(run(projectWith('plain', WITHOUT_APOLLO), program)).toBe('function,function,0,Document,QUEUED\n');
}, 60_000);

it('works as published, with types, with Apollo Client', () => {
  const program = `
    import { InMemoryCache } from '@apollo/client/cache';
    import { possibleTypes, typePolicies } from 'chat-graphql-gateway-client/apollo';
    console.log(typeof new InMemoryCache({ possibleTypes, typePolicies }).extract());
  `;
  expect(run(projectWith('apollo', WITH_APOLLO), program)).toBe('object\n');
}, 60_000);

it('works as published, with types, with React, on a server without a WebSocket', () => {
  const program = `
    import { connect, socketSource } from 'chat-graphql-gateway-client';
    import { ConversationProvider, useConversation } from 'chat-graphql-gateway-client/react';
    import { createElement } from 'react';
    import { renderToString } from 'react-dom/server';
    const source = socketSource({ client: () => connect({ url: 'ws://127.0.0.1:1' }) });
    const Chat = () => createElement('p', null, useConversation('some-id').status);
    console.log(renderToString(createElement(ConversationProvider, { source }, createElement(Chat))));
  `;
  expect(run(projectWith('react', WITH_REACT), program)).toBe('<p>loading</p>\n');
}, 60_000);
