#!/bin/sh
# graphql-jit 0.8.9 with graphql 16.15.0. One would guess that a compiled query answers what `execute` answers for the same valid document and variables.
# It does not where a fragment is spread twice and one of the spreads is under a directive: with `@include(if: false)` on the one, the fields of the other are missing, too,
# without an error. And in a mutation, a root field of a non-null type that fails does not stop the next one: its resolver runs, and `data` is null all the same.
# Why it matters: servers compile what is asked often, so the same document answers rightly twice and wrongly from the third time on. Such operations must be interpreted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund graphql@16.15.0 graphql-jit@0.8.9
cat >program.cjs <<'PROGRAM'
const { buildSchema, execute, parse, validate } = require('graphql');
const { compileQuery } = require('graphql-jit');

const schema = buildSchema(`
  type Query { thread: Thread }
  type Thread { id: ID! title: String }
  type Mutation { close: Boolean! send: Boolean! }
`);
let sent = 0;
schema.getMutationType().getFields().close.resolve = () => {
  throw new Error('not allowed');
};
schema.getMutationType().getFields().send.resolve = () => (sent += 1) > 0;

async function both(text, variables) {
  const document = parse(text);
  if (validate(schema, document).length > 0) throw new Error('The document is not valid.');
  const rootValue = { thread: { id: '1', title: 'Hello' } };
  sent = 0;
  const interpreted = await execute({ schema, document, rootValue, variableValues: variables });
  const sentByExecute = sent;
  sent = 0;
  const compiled = await compileQuery(schema, document, '').query(rootValue, {}, variables);
  return { interpreted: JSON.stringify(interpreted.data), compiled: JSON.stringify(compiled.data), sentByExecute, sentByCompiled: sent };
}

(async () => {
  const fragments = await both(
    `query ($more: Boolean!) { thread { ...Detailed @include(if: $more) ...Plain } }
     fragment Plain on Thread { ...Common }
     fragment Detailed on Thread { ...Common title }
     fragment Common on Thread { id }`,
    { more: false },
  );
  const mutation = await both('mutation { close send }', {});
  const { version } = require('graphql-jit/package.json');
  console.log(`graphql-jit ${version}`);
  console.log('fragments:', fragments.interpreted, 'by execute,', fragments.compiled, 'compiled');
  console.log('second mutation after a failed one: run', mutation.sentByExecute, 'times by execute,', mutation.sentByCompiled, 'times compiled');
  const asSeen =
    fragments.interpreted === '{"thread":{"id":"1"}}' && fragments.compiled === '{"thread":{}}' && mutation.sentByExecute === 0 && mutation.sentByCompiled === 1;
  process.exit(asSeen ? 0 : 1);
})();
PROGRAM
node program.cjs
