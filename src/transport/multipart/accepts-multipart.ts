/**
 * Whether an `Accept` header asks for Apollo's multipart protocol: `multipart/mixed` with the parameter `subscriptionSpec=1.0`, in quotes or not, in any order with
 * other parameters, and not at `q=0`.
 */
export function acceptsMultipart(accept: string | undefined): boolean {
  if (accept === undefined || !/multipart/i.test(accept)) return false;
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (type !== 'multipart/mixed') return false;
    const values = new Map(parameters.map((parameter) => [parameter.split('=', 1)[0], parameter.replace(/^[^=]*="?|"$/g, '')]));
    return values.get('subscriptionspec') === '1.0' && Number(values.get('q') ?? 1) !== 0;
  });
}
