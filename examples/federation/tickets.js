// A second subgraph: tickets, each about a conversation of the chat subgraph. Kept in memory.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { createYoga } from 'graphql-yoga';

const tickets = [];
const typeDefs = parse(readFileSync(new URL('tickets.graphql', import.meta.url), 'utf8'));
const resolvers = {
  Query: {
    tickets: (_root, { first }) => ({
      nodes: tickets.slice(0, first),
      pageInfo: { hasNextPage: tickets.length > first, hasPreviousPage: false },
    }),
    node: (_root, { id }) => tickets.find((ticket) => ticket.id === id) ?? null,
  },
  Mutation: {
    openTicket(_root, { conversationId, subject }) {
      const ticket = { id: `ticket-${tickets.length + 1}`, subject, conversationId };
      tickets.push(ticket);
      return ticket;
    },
  },
  Node: { __resolveType: () => 'Ticket' },
  Ticket: {
    __resolveReference: async ({ id }) => tickets.find((ticket) => ticket.id === id) ?? null,
    // The key is enough: the router asks the chat subgraph for the rest.
    conversation: ({ conversationId }) => ({ conversationId }),
  },
  Conversation: {
    __resolveReference: async ({ conversationId }) => ({ conversationId }),
    tickets: ({ conversationId }) => tickets.filter((ticket) => ticket.conversationId === conversationId),
  },
};

const yoga = createYoga({ schema: buildSubgraphSchema([{ typeDefs, resolvers }]), logging: false, landingPage: false });
const server = createServer(yoga).listen(Number(process.env.PORT ?? 4001), '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${server.address().port}/graphql` }));
});
