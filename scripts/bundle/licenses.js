// What the licences of bundled packages ask for: their text goes with every copy.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;

/** Name, version, licence and licence text of every package that esbuild's lists of inputs name; equal texts once. */
export function licensesOf(metafiles) {
  const packagesByText = new Map();
  for (const folder of packageFolders(metafiles)) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    if (typeof license !== 'string') throw new Error(`${name} ${version} does not declare its licence`);
    const text = licenseText(join(root, folder)) ?? `Declared in its package.json: ${license}. It has no licence file.`;
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  return [...packagesByText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolders(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = inputs.map((path) => /^(.*\/)?node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function licenseText(folder) {
  const files = readdirSync(folder).filter((name) => LICENSE_FILE.test(name));
  if (files.length === 0) return null;
  return files.map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n');
}
