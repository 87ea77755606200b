/** A URL without the slashes at the end of its path, where the path is then one of `paths`; any other as it is. */
export function plainPath(url: string, paths: ReadonlySet<string>): string {
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  if (!path.endsWith('/')) return url;
  const plain = path.replace(/\/+$/, '');
  return paths.has(plain) ? plain + url.slice(path.length) : url;
}
