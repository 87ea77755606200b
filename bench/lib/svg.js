// Bar charts as SVG: one bar for each competitor, with its median, and a line from minimum to maximum.
const WIDTH = 720;
const ROW = 44;
const LEFT = 130;
const RIGHT = 110;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export function barChart({ title, bars }) {
  const most = Math.max(...bars.map((bar) => bar.most));
  const x = (value) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
  const rows = bars.map(({ name, median, least, most: top }, index) => {
    const y = 50 + index * ROW;
    const middle = y + 13;
    return [
      `<text x="${LEFT - 10}" y="${middle + 5}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${(x(median) - LEFT).toFixed(1)}" height="26" rx="3" fill="${name === 'gateway' ? '#2563eb' : '#94a3b8'}"/>`,
      `<line x1="${x(least).toFixed(1)}" x2="${x(top).toFixed(1)}" y1="${middle}" y2="${middle}" stroke="#0f172a" stroke-width="2"/>`,
      `<text x="${(x(top) + 8).toFixed(1)}" y="${middle + 5}">${Math.round(median).toLocaleString('en')}</text>`,
    ].join('');
  });
  const height = 60 + bars.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="14" role="img">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/><g fill="#0f172a">`,
    `<text x="16" y="28" font-size="16" font-weight="600">${escape(title)}</text>`,
    ...rows,
    '</g></svg>\n',
  ].join('\n');
}
