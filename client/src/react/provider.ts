import { createContext, createElement, useContext } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { ConversationSource } from '../conversation/source.js';

const Source = createContext<ConversationSource | null>(null);

/** Provides the source to all components below. Create it once, outside of rendering: `socketSource(…)`, or `apolloSource(…)`. */
export function ConversationProvider({
  source,
  children,
}: {
  readonly source: ConversationSource;
  readonly children?: ReactNode;
}): ReactElement {
  return createElement(Source.Provider, { value: source }, children);
}

/**
 * For queries and mutations of your own: `useConversationSource().request(document, variables)`.
 *
 * @throws Error outside of a `ConversationProvider`
 */
export function useConversationSource(): ConversationSource {
  const source = useContext(Source);
  if (source === null) throw new Error('There is no <ConversationProvider> above this component.');
  return source;
}
