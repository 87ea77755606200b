import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { MarkReadInput } from '../schema/mark-read-input.js';
import { MarkReadPayload } from '../schema/mark-read-payload.js';
import { SendThinkingInput } from '../schema/send-thinking-input.js';
import { SendThinkingPayload } from '../schema/send-thinking-payload.js';
import { SendTypingInput } from '../schema/send-typing-input.js';
import { SendTypingPayload } from '../schema/send-typing-payload.js';
import { changeConversation, rangeErrors } from './run-mutation.js';
import type { ChangePayload } from './run-mutation.js';
import { requireCapability } from './require-capability.js';
import { markConversationRead } from './mark-conversation-read.js';
import { chooseSender } from './sender.js';

/** The upstream's own default. */
const THINKING_SECONDS = 60;

@Resolver()
export class IndicationResolver {
  @Mutation(() => SendTypingPayload, { description: 'Shows the agent that the customer or the bot is typing, until a message is sent.' })
  sendTyping(@Arg('input', () => SendTypingInput) input: SendTypingInput, @Ctx() context: RequestContext): Promise<ChangePayload> {
    requireCapability(context, 'TYPING');
    const sender = chooseSender(context, input.sendAs);
    return changeConversation(context, {
      conversationId: input.conversationId,
      make: (conversationId) => context.api.sendTyping(conversationId, sender),
    });
  }

  @Mutation(() => SendThinkingPayload, { description: 'Shows the agent that the bot is preparing an answer.' })
  sendThinking(@Arg('input', () => SendThinkingInput) input: SendThinkingInput, @Ctx() context: RequestContext): Promise<ChangePayload> {
    requireCapability(context, 'THINKING');
    const maxSeconds = input.maxSeconds ?? THINKING_SECONDS;
    return changeConversation(context, {
      conversationId: input.conversationId,
      userErrors: rangeErrors('maxSeconds', maxSeconds, 1, 600),
      make: (conversationId) => context.api.sendThinking(conversationId, maxSeconds),
    });
  }

  @Mutation(() => MarkReadPayload, {
    description:
      "Moves your read marker in a conversation forward, or the customer's with `sendAs: CUSTOMER`, and reports it to the contact centre if the upstream has the capability READ_RECEIPTS.",
  })
  markRead(@Arg('input', () => MarkReadInput) input: MarkReadInput, @Ctx() context: RequestContext): Promise<ChangePayload> {
    return changeConversation(context, {
      conversationId: input.conversationId,
      make: (conversationId) => markConversationRead(context, conversationId, input),
    });
  }
}
