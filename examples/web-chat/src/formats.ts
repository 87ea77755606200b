/** Dates, times and sizes as a reader of this language writes them. */
export interface Formats {
  /** Hours and minutes: `9:05 AM`. */
  readonly clock: (time: string) => string;
  readonly exact: (time: string) => string;
  /** `Today`, `Yesterday`, or the date. */
  readonly day: (time: number, now: number) => string;
  /** `–` if unknown, or not ended yet. */
  readonly duration: (seconds: number | null) => string;
  readonly size: (bytes: number) => string;
}

const DAY_MS = 86_400_000;

export function formatsFor(tag: string): Formats {
  const clock = new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit' });
  const exact = new Intl.DateTimeFormat(tag, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
  const date = new Intl.DateTimeFormat(tag, { weekday: 'long', day: 'numeric', month: 'long' });
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' });
  const unit = (name: string, maximumFractionDigits: number) =>
    new Intl.NumberFormat(tag, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits });
  const [seconds, precise, minutes, kilobytes, megabytes] = [
    unit('second', 0),
    unit('second', 1),
    unit('minute', 0),
    unit('kilobyte', 0),
    unit('megabyte', 1),
  ];
  return {
    clock: (time) => clock.format(new Date(time)),
    exact: (time) => exact.format(new Date(time)),
    day: (time, now) => {
      const ago = Math.round((startOfDay(now) - startOfDay(time)) / DAY_MS);
      return capitalised(ago < 2 ? relative.format(-ago, 'day') : date.format(time), tag);
    },
    duration: (value) => {
      if (value === null) return '–';
      if (value < 60) return (value < 10 ? precise : seconds).format(value);
      return `${minutes.format(Math.floor(value / 60))} ${seconds.format(Math.round(value % 60))}`;
    },
    size: (bytes) => (bytes < 1_048_576 ? kilobytes.format(Math.ceil(bytes / 1_024)) : megabytes.format(bytes / 1_048_576)),
  };
}

/** In the reader's own time zone. */
export const startOfDay = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

const capitalised = (text: string, tag: string): string => text.charAt(0).toLocaleUpperCase(tag) + text.slice(1);
