#!/bin/sh
# graphql-jit 0.8.9 with graphql 16.15.0. One would guess that an argument reaches the resolver as what its scalar's `parseLiteral` or `parseValue` made of it, wherever the value stands.
# It does if the value is a variable. If it stands in the document, and the scalar makes an object of a class of it (a URL, as graphql-scalars' `URL`), the resolver of a compiled
# operation gets the JSON of that object, here a string, without an error: arguments are written into the generated code by JSON.stringify, of which only Date and special numbers are spared.
# Why it matters: servers compile what is asked often. `createWebhook(input: { url: "https://…" })` works twice, and from the third time on `input.url.href` is undefined.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql@16.15.0 graphql-jit@0.8.9 graphql-scalars@1.25.0
cat >program.cjs <<'PROGRAM'
const { GraphQLInputObjectType, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, execute, parse, validate } = require('graphql');
const { compileQuery } = require('graphql-jit');
const { GraphQLURL, GraphQLDateTime } = require('graphql-scalars');

const Link = new GraphQLInputObjectType({ name: 'Link', fields: { url: { type: new GraphQLNonNull(GraphQLURL) }, since: { type: GraphQLDateTime } } });
const seen = ({ url, since }) => `${url.constructor.name}, ${since.constructor.name}`;
const Query = new GraphQLObjectType({
  name: 'Query',
  fields: { check: { type: GraphQLString, args: { link: { type: Link } }, resolve: (_root, { link }) => seen(link) } },
});
const schema = new GraphQLSchema({ query: Query });

async function both(text, variables) {
  const document = parse(text);
  if (validate(schema, document).length > 0) throw new Error('The document is not valid.');
  const interpreted = await execute({ schema, document, variableValues: variables });
  const compiled = await compileQuery(schema, document, '').query(undefined, {}, variables);
  return [interpreted.data.check, compiled.data.check];
}

(async () => {
  const link = { url: 'https://example.org/', since: '2026-01-01T00:00:00Z' };
  const asVariable = await both('query ($link: Link) { check(link: $link) }', { link });
  const inDocument = await both('{ check(link: { url: "https://example.org/", since: "2026-01-01T00:00:00Z" }) }', {});
  const { version } = require('graphql-jit/package.json');
  console.log(`graphql-jit ${version}`);
  console.log('a variable:', asVariable[0], 'by execute;', asVariable[1], 'compiled');
  console.log('in the document:', inDocument[0], 'by execute;', inDocument[1], 'compiled');
  const asSeen = [asVariable[0], asVariable[1], inDocument[0]].every((one) => one === 'URL, Date') && inDocument[1] === 'String, Date';
  process.exit(asSeen ? 0 : 1);
})();
PROGRAM
node program.cjs
