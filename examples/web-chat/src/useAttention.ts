import type { ConversationView } from 'chat-graphql-gateway-client';
import { useEffect, useRef, useState } from 'react';
import { useEnvironment } from './environment';
import { local } from './storage';

const KEY = 'chat.sound';

/** Unread messages in the page's title, and a sound for each while the reader looks elsewhere. */
export function useAttention({ unread }: Pick<ConversationView, 'unread'>) {
  const { visibility, onUnread } = useEnvironment();
  const [hasSound, setHasSound] = useState(() => local.getItem(KEY) !== 'off');
  const badge = useRef('');
  const heard = useRef(0);

  const showBadge = (next: string) => {
    document.title = next + withoutBadge(document.title, badge.current);
    badge.current = next;
  };
  useEffect(() => () => showBadge(''), []);
  useEffect(() => {
    showBadge(unread.length === 0 ? '' : `(${unread.length}) `);
    if (hasSound && unread.length > heard.current && !visibility.isVisible()) chime();
    heard.current = unread.length;
    onUnread(unread.length);
  }, [unread, hasSound, visibility, onUnread]);

  const toggleSound = () => {
    local.setItem(KEY, hasSound ? 'off' : 'on');
    setHasSound(!hasSound);
    if (!hasSound) chime();
  };
  return { hasSound, toggleSound };
}

/** The page's own title, which it may have changed meanwhile. */
const withoutBadge = (title: string, badge: string): string => (title.startsWith(badge) ? title.slice(badge.length) : title);

/** Two short tones. A browser plays them only once the reader has clicked or typed in the page. */
function chime(): void {
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.value = 0.08;
  volume.connect(audio.destination);
  for (const [index, frequency] of [660, 880].entries()) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(volume);
    tone.start(audio.currentTime + index * 0.12);
    tone.stop(audio.currentTime + index * 0.12 + 0.1);
    if (index === 1) tone.onended = () => void audio.close();
  }
}
