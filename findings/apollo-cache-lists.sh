#!/bin/sh
# @apollo/client 4.3.8, what one would guess of lists in InMemoryCache, and what happens:
#
# 1. Two aliases of one list with different pages, in one query, under a policy whose `keyArgs` leaves the paging arguments out: one would guess that `merge` is called
#    for each. It is called once, with the two pages mixed index by index: [8, 9, 10] and [1] arrive as [1, 9, 10].
# 2. `relayStylePagination` and an answer that holds `totalCount` alone: one would guess that `pageInfo` stays unknown. The cache answers a query for it, with
#    hasNextPage true and hasPreviousPage false, which no server said.
#
# Why it matters: both put lists on the screen that the server never sent. A policy cannot prevent the first: ask for one page of a list in one query.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @apollo/client@4.3.8 graphql@16.15.0 rxjs@7.8.2
cat >program.mjs <<'PROGRAM'
import { gql, InMemoryCache } from '@apollo/client/core';
import { relayStylePagination } from '@apollo/client/utilities';
import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync('node_modules/@apollo/client/package.json', 'utf8'));
const policies = (list) => ({ typePolicies: { Query: { fields: { list } } } });
let merged;
const merge = (_existing, incoming) => (merged = incoming);
const node = (id) => ({ __typename: 'Entry', id });
new InMemoryCache(policies({ keyArgs: false, merge })).writeQuery({
  query: gql`{ newest: list(last: 3) { nodes { __typename id } } oldest: list(first: 1) { nodes { __typename id } } }`,
  data: { newest: { nodes: [8, 9, 10].map(node) }, oldest: { nodes: [node(1)] } },
});
const mixed = merged.nodes.map(({ __ref }) => __ref).join();

const cache = new InMemoryCache(policies(relayStylePagination()));
cache.writeQuery({ query: gql`{ list { totalCount } }`, data: { list: { totalCount: 5 } } });
const invented = JSON.stringify(cache.readQuery({ query: gql`{ list { pageInfo { hasPreviousPage hasNextPage } } }` }));

console.log(`@apollo/client ${version}\naliases: ${mixed}\npageInfo: ${invented}`);
const expected = ['Entry:1,Entry:9,Entry:10', '{"list":{"pageInfo":{"hasPreviousPage":false,"hasNextPage":true}}}'];
process.exit(mixed === expected[0] && invented === expected[1] ? 0 : 1);
PROGRAM
node program.mjs
