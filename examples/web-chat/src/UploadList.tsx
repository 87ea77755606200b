import { useEnvironment } from './environment';
import type { Upload } from './useUploads';

/** Files on their way with their progress, and those that were not sent. */
export function UploadList({ list }: { list: readonly Upload[] }) {
  const { texts } = useEnvironment();
  return (
    <ul className="uploads">
      {list.map(({ key, name, share, problem, close }) => (
        <li key={key} data-failed={problem !== null}>
          {problem === null ? (
            <label>
              <span dir="auto">{texts.sendingFile(name, Math.round(share * 100))}</span>
              <progress value={share} />
            </label>
          ) : (
            <p role="alert" dir="auto">
              {problem}
            </p>
          )}
          <button className="icon" title={problem === null ? texts.cancelFile(name) : texts.close} onClick={close}>
            <span aria-hidden="true">✕</span>
            <span className="unseen">{problem === null ? texts.cancelFile(name) : texts.close}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
