import { useEnvironment } from './environment';

/** In place of a conversation that cannot be shown. */
export function Notice({ title, text, onNew }: { title: string; text: string; onNew: () => void }) {
  const { texts } = useEnvironment();
  return (
    <main className="welcome">
      <div>
        <h1>{title}</h1>
        <p>{text}</p>
        <button className="primary" onClick={onNew}>
          {texts.startAnother}
        </button>
      </div>
    </main>
  );
}
