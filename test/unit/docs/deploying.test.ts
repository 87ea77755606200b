import { knownVariables, parseEnvFile, readDeployed, readFromRoot } from '../../support/deployed-settings.js';

describe('docs/deploying.md', () => {
  it('lists settings for production that a gateway starts with', () => {
    const [, section = ''] = readFromRoot('docs/deploying.md').split('## Which settings does production need?');
    const settings = parseEnvFile(/```sh\n(.*?)```/s.exec(section)?.[1] ?? '');
    expect(Object.keys(settings).filter((name) => !knownVariables().has(name))).toEqual([]);
    expect(readDeployed({ ...settings, HOST: '0.0.0.0' })).toMatchObject({ production: true, auth: { mode: 'jwt' } });
  });
});
