/** What `work` comes to, unless that takes longer than so many milliseconds: then rejects with what `late` gives, and `work` goes on by itself. */
export function withTimeout<T>(ms: number, work: Promise<T>, onTimeout: () => Error): Promise<T> {
  // Not a race with a promise of the timer's: each read of the upstream would make six promises more.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(onTimeout()), ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error('failed', { cause: error }));
      },
    );
  });
}
