import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { knownVariables, readFromRoot } from '../../support/deployed-settings.js';

const TEXT = readFromRoot('Dockerfile');
const file = DockerfileParser.parse(TEXT);
const instructions = file
  .getInstructions()
  .map((instruction) => ({ keyword: instruction.getKeyword(), argument: instruction.getArgumentsContent() ?? '' }));
const lastFrom = instructions.findLastIndex(({ keyword }) => keyword === 'FROM');
const shipped = instructions.slice(lastFrom);
const argumentsOf = (keyword: string) => shipped.filter((instruction) => instruction.keyword === keyword).map(({ argument }) => argument);

describe('the Dockerfile', () => {
  it('has nothing that its linter objects to', () => {
    expect(validate(TEXT).map(({ message }) => message)).toEqual([]);
  });

  it('pins its base image to a release of Node and of Debian', () => {
    expect(instructions[0]?.argument).toMatch(/^NODE_IMAGE=node:\d+-[a-z]+-slim$/);
    expect(instructions.filter(({ keyword }) => keyword === 'FROM').map(({ argument }) => argument)).toEqual([
      '${NODE_IMAGE} AS build',
      '${NODE_IMAGE}',
    ]);
  });

  it('builds in a stage of its own, and ships only what the package needs', () => {
    expect(argumentsOf('RUN')).toEqual([]);
    const copied =
      TEXT.split(/^FROM /m)
        .at(-1)
        ?.match(/^(COPY|ADD) .*$/gm) ?? [];
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter((line) => !line.startsWith('COPY --from=build '))).toEqual([]);
  });

  it('runs as a user without rights, given as a number for Kubernetes to see', () => {
    expect(argumentsOf('USER')).toEqual(['1000:1000']);
  });

  it('checks its health, and passes signals on to the gateway', () => {
    expect(argumentsOf('HEALTHCHECK')).toHaveLength(1);
    expect(JSON.parse(argumentsOf('ENTRYPOINT')[0] ?? '')).toEqual(expect.arrayContaining(['node']));
  });

  it('sets variables that the gateway reads', () => {
    const names = argumentsOf('ENV').flatMap((argument) => [...argument.matchAll(/(\w+)=/g)].map(([, name]) => name));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !knownVariables().has(name ?? ''))).toEqual([]);
  });

  it('holds no secret', () => {
    expect(
      instructions.filter(({ keyword, argument }) => /^(ENV|ARG)$/.test(keyword) && /secret|password|token|_key/i.test(argument)),
    ).toEqual([]);
  });
});

describe('.dockerignore', () => {
  const ignored = readFromRoot('.dockerignore').split('\n');

  it.each(['.env*', 'secrets', 'certs', '**/*.key', '**/*.pem', 'data', '.git', '**/node_modules'])(
    'keeps %s out of the image',
    (pattern) => {
      expect(ignored).toContain(pattern);
    },
  );
});
