import type { ConversationView } from 'chat-graphql-gateway-client';
import { useEffect, useRef, useState } from 'react';

const KEY = 'chat.sound';

/** Unread messages in the page's title, and a sound for each while the reader looks elsewhere. */
export function useAttention({ unread }: Pick<ConversationView, 'unread'>) {
  const [hasSound, setHasSound] = useState(() => localStorage.getItem(KEY) !== 'off');
  const title = useRef('');
  const heard = useRef(0);

  useEffect(() => {
    title.current = document.title;
    return () => {
      document.title = title.current;
    };
  }, []);
  useEffect(() => {
    document.title = unread.length === 0 ? title.current : `(${unread.length}) ${title.current}`;
    if (hasSound && unread.length > heard.current && document.hidden) chime();
    heard.current = unread.length;
  }, [unread, hasSound]);

  const toggleSound = () => {
    localStorage.setItem(KEY, hasSound ? 'off' : 'on');
    setHasSound(!hasSound);
    if (!hasSound) chime();
  };
  return { hasSound, toggleSound };
}

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
