import { CustomerPropertiesDocument, UpdateConversationDocument } from 'chat-graphql-gateway-client/documents';
import { useActionState, useState } from 'react';
import { useEnvironment } from './environment';
import { local } from './storage';

const STARS = [1, 2, 3, 4, 5];
/** In `local`: which interaction was rated last. */
const RATED = 'chat.rated';

/** Asks how the conversation was, and keeps the answer with the customer's properties. */
export function Rating({ conversationId, interactionId }: { conversationId: string; interactionId: string }) {
  const { texts, source } = useEnvironment();
  const [stars, setStars] = useState<number | null>(null);
  const [comment, setComment] = useState('');

  async function rate(): Promise<string | null> {
    try {
      const { conversation } = await source.request(CustomerPropertiesDocument, { id: conversationId });
      const rating = [
        { key: 'rating', value: String(stars) },
        ...(comment.trim() === '' ? [] : [{ key: 'ratingComment', value: comment.trim() }]),
      ];
      const others = (conversation?.customer.properties ?? [])
        .filter(({ key }) => !['rating', 'ratingComment'].includes(key))
        .map(({ key, value }) => ({ key, value: value ?? '' }));
      const input = { conversationId, customer: { properties: [...others, ...rating] } };
      const { updateConversation } = await source.request(UpdateConversationDocument, { input });
      if (updateConversation.userErrors.length > 0) return texts.ratingFailed;
      local.setItem(RATED, interactionId);
      return texts.thanks;
    } catch {
      return texts.ratingFailed;
    }
  }

  const [outcome, action, isSending] = useActionState(rate, local.getItem(RATED) === interactionId ? texts.thanks : null);
  if (outcome === texts.thanks) {
    return (
      <p className="rating" role="status">
        {outcome}
      </p>
    );
  }
  return (
    <form className="rating" action={action}>
      <fieldset>
        <legend>{texts.rate}</legend>
        {STARS.map((count) => (
          <label key={count} className="star" data-lit={stars !== null && count <= stars}>
            <input className="unseen" type="radio" name="rating" checked={stars === count} onChange={() => setStars(count)} />
            <span aria-hidden="true">★</span>
            <span className="unseen">{texts.stars(count)}</span>
          </label>
        ))}
      </fieldset>
      {stars === null ? null : (
        <div className="row">
          <input
            aria-label={texts.comment}
            placeholder={texts.comment}
            dir="auto"
            maxLength={255}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
          <button disabled={isSending}>{texts.sendRating}</button>
        </div>
      )}
      <p role="alert">{outcome}</p>
    </form>
  );
}
