import type { lookup } from 'node:dns';
import { PrivateAddressError } from '../../../src/sinks/failure.js';
import { isPublicAddress } from '../../../src/sinks/private-addresses.js';
import { publicLookup } from '../../../src/sinks/sink-client.js';

describe('an address', () => {
  it.each([
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1'],
    ...['255.255.255.255', '198.18.0.1', '168.63.129.16', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
    ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:db8::1', '2001::1', 'localhost', ''],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.63.255.255', '1.1.1.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe('a name', () => {
  const resolve = (...addresses: readonly string[]) =>
    new Promise((done, failed) => {
      const system = ((_host: string, _options: object, callback: (error: null, found: object[]) => void) => {
        callback(
          null,
          addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
        );
      }) as unknown as typeof lookup;
      publicLookup(system)('receiver.example', {}, (error, address) => (error === null ? done(address) : failed(error)));
    });

  it('is resolved to a public address', async () => {
    expect(await resolve('8.8.8.8', '1.1.1.1')).toBe('8.8.8.8');
  });

  it('is rejected if any of its addresses is not public', async () => {
    await expect(resolve('8.8.8.8', '127.0.0.1')).rejects.toThrow(PrivateAddressError);
  });
});
