import { FiqlError, parseFiql } from '../../../src/simulator/chat-gateway-v1/fiql.js';

const selectors = {
  name: (subject: Record<string, string>) => subject['name'],
  'user.id': (subject: Record<string, string>) => subject['id'],
};
const matches = (filter: string, subject: Record<string, string>): boolean => parseFiql(filter, selectors)(subject);

function faultOf(filter: string): string {
  try {
    parseFiql(filter, selectors);
  } catch (error) {
    if (error instanceof FiqlError) return error.message;
    throw error;
  }
  throw new Error(`${filter} has no fault`);
}

describe('a filter', () => {
  it.each([
    ['name==Ana', { name: 'Ana' }, true],
    ['name==Ana', { name: 'ana' }, false],
    ['name==Ana', {}, false],
    ['name!=Ana', { name: 'Eve' }, true],
    ['name!=Ana', { name: 'Ana' }, false],
    ['name!=Ana', {}, true],
    ['user.id==7', { id: '7' }, true],
    ['name==a=b', { name: 'a=b' }, true],
    ['name==a%2Cb%3B%28c%29%20%22%27%25', { name: 'a,b;(c) "\'%' }, true],
    ['name==%E6%BC%A2', { name: '漢' }, true],
    ['name==a+b', { name: 'a+b' }, true],
  ])('compares: %s with %j is %s', (filter, subject, expected) => {
    expect(matches(filter, subject)).toBe(expected);
  });

  it.each([
    ['name==a,name==b;user.id==1', { name: 'a', id: '2' }, true],
    ['(name==a,name==b);user.id==1', { name: 'a', id: '2' }, false],
    ['(name==a,name==b);user.id==1', { name: 'b', id: '1' }, true],
    ['name==a;user.id==1', { name: 'a', id: '2' }, false],
    ['((name==a))', { name: 'a' }, true],
  ])('binds “;” tighter than “,”, and supports parentheses: %s with %j is %s', (filter, subject, expected) => {
    expect(matches(filter, subject)).toBe(expected);
  });

  it.each([
    ['', 'character 1'],
    ['name', 'character 5'],
    ['name=Ana', 'character 5'],
    ['name==', 'character 7'],
    ['name==a;', 'character 9'],
    ['name==a,,name==b', 'character 9'],
    ['(name==a', 'character 9'],
    ['name==a)', 'character 8'],
    ['name==a b', 'character 8'],
    ['name=="a"', 'character 7'],
    ['name==a*', 'character 8'],
    ['name==%zz', 'character 7'],
    ['name==é', 'character 7'],
    ['name==%C3', 'not percent-encoded UTF-8'],
    ['nick==a', 'unknown selector “nick”; expected one of name, user.id'],
    ['toString==a', 'unknown selector “toString”'],
    [`${'('.repeat(5000)}name==a`, 'nests more than 20 parentheses'],
  ])('rejects %s and names the position', (filter, expected) => {
    expect(faultOf(filter)).toContain(expected);
  });
});
