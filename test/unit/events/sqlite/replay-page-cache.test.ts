import { ReplayPageCache } from '../../../../src/events/sqlite/replay-page-cache.js';

const page = { deliveries: [], hasMore: false, upTo: 'end' };

/** Pages by a clock that stands still unless it is moved. */
function pagesUnderTest() {
  const clock = { now: 0 };
  return { pages: new ReplayPageCache(() => clock.now), clock };
}

describe('a page that was read a moment ago', () => {
  it('is handed out again while its scope ends where it did', () => {
    const { pages } = pagesUnderTest();
    pages.keep('c1 from 0', 7, page);
    expect(pages.find('c1 from 0', 7)).toBe(page);
    expect(pages.find('c1 from 3', 7)).toBeNull();
    expect(pages.find('c1 from 0', 8)).toBeNull();
  });

  it('is handed out for a second', () => {
    const { pages, clock } = pagesUnderTest();
    pages.keep('c1', 7, page);
    clock.now = 999;
    expect(pages.find('c1', 7)).toBe(page);
    clock.now = 1_000;
    expect(pages.find('c1', 7)).toBeNull();
  });

  it('is not handed out once events are removed', () => {
    const { pages } = pagesUnderTest();
    pages.keep('c1', 7, page);
    pages.clear();
    expect(pages.find('c1', 7)).toBeNull();
  });

  it('result way to later ones where there are many', () => {
    const { pages } = pagesUnderTest();
    for (let n = 0; n < 401; n += 1) pages.keep(`c${n}`, 7, page);
    expect(pages.find('c0', 7)).toBeNull();
    expect(pages.find('c1', 7)).toBe(page);
  });
});
