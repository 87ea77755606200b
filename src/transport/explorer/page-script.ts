/** How often the start page asks for the status. */
const REFRESH_MS = 2_000;

/** Where it asks, relative to the page, which may be served below a path of another host. */
export const STATUS_PATH = '/start-page/status';

/** Of the start page: copies snippets, and keeps the status tiles up to date while the page is visible. Without it the page shows what was true when it was loaded. */
export const PAGE_SCRIPT = `
for (const box of document.querySelectorAll('.snippet')) {
  const text = box.querySelector('pre');
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Copy';
  button.setAttribute('aria-label', 'Copy: ' + text.getAttribute('aria-label'));
  button.addEventListener('click', async () => {
    // Where the page is not loopback or https, browsers have no clipboard: the text is selected then.
    const copied = await (navigator.clipboard?.writeText(text.textContent) ?? Promise.reject()).then(() => true, () => false);
    if (!copied) getSelection().selectAllChildren(text);
    button.textContent = copied ? 'Copied' : 'Selected';
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  });
  box.append(button);
}

const list = document.querySelector('.status');
const notice = document.querySelector('.unreachable');
const tiles = [...list.children];
function show(status) {
  status.forEach(({ value, detail, state }, index) => {
    const tile = tiles[index];
    tile.dataset.state = state;
    tile.querySelector('.value').textContent = value;
    tile.querySelector('.detail').textContent = detail;
  });
}
async function refresh() {
  const answer = document.hidden ? null : await fetch('.${STATUS_PATH}').then((response) => response.json()).catch(() => undefined);
  if (answer) show(answer);
  if (answer !== null) {
    notice.hidden = answer !== undefined;
    list.classList.toggle('stale', answer === undefined);
  }
  setTimeout(refresh, ${REFRESH_MS});
}
setTimeout(refresh, ${REFRESH_MS});
`;
