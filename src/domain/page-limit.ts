/**
 * How many items one page of a connection may hold, and how many ids `nodes` accepts. All that depends on it derives from here: argument checks, descriptions,
 * query cost and reads. It may be raised up to 1,000, which is the most that the event log reads in one page.
 */
export const MAX_PAGE_SIZE = 100;

/** How many entities a router may ask a subgraph for in one field: each may be a call to the contact centre. */
export const MAX_REPRESENTATIONS = 1_000;
