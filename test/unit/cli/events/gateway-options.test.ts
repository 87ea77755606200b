import { askedGateway } from '../../../../src/cli/events/gateway-options.js';

const URL = 'http://127.0.0.1:4000';

describe('the token of a command', () => {
  it.each([
    ['none', {}, {}, undefined],
    ['the variable', {}, { GATEWAY_TOKEN: 'a.b.c' }, 'a.b.c'],
    ['the option before the variable', { token: 'd.e.f' }, { GATEWAY_TOKEN: 'a.b.c' }, 'd.e.f'],
    ['none where the variable is empty', {}, { GATEWAY_TOKEN: '' }, undefined],
    ['none where the variable is blank', {}, { GATEWAY_TOKEN: ' \n' }, undefined],
    ['the variable where the option is empty', { token: '' }, { GATEWAY_TOKEN: 'a.b.c\n' }, 'a.b.c'],
  ])('is %s', (_what, values, environment, token) => {
    expect(askedGateway({ url: URL, ...values }, environment)).toEqual({ url: URL, token });
  });
});
