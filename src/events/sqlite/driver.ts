import Database from 'libsql';

/** Values for statement parameters. No booleans: the driver aborts the process on one. */
export type SqlValue = string | number | null;

/** The subset of an SQLite driver that the event log uses. Synchronous; each statement is prepared once. */
export interface Driver {
  /** The rows as objects, one property per column. Text is cut at its first NUL character. */
  rows(sql: string, ...values: SqlValue[]): unknown[];
  /** The first row, or undefined; faster than `rows`. It may have an extra property of the driver's own. */
  row(sql: string, ...values: SqlValue[]): unknown;
  /** `lastId`: the row id of the last row inserted on this connection. */
  run(sql: string, ...values: SqlValue[]): { readonly changes: number; readonly lastId: number };
  /** One or more statements without values. */
  exec(sql: string): void;
  readonly inTransaction: boolean;
  /**
   * Releases the file once its statements are collected, at the latest when the thread ends. Later calls throw, and no transaction counts
   * as open: the driver would run statements prepared before, and abort the process when asked for `inTransaction`.
   */
  close(): void;
}

/** Opens a database file, creating it if missing. */
export function openDriver(file: string): Driver {
  const database = new Database(file);
  const statements = new Map<string, Database.Statement<[SqlValue[]]>>();
  let isOpen = true;
  const requireOpen = () => {
    if (!isOpen) throw new Error('The database is closed');
  };
  const prepared = (sql: string) => {
    requireOpen();
    const statement = statements.get(sql) ?? database.prepare<[SqlValue[]]>(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    // Passed as one array: the driver would otherwise build one first.
    rows: (sql, ...values) => prepared(sql).all(values),
    row: (sql, ...values) => prepared(sql).get(values),
    run: (sql, ...values) => {
      const { changes, lastInsertRowid } = prepared(sql).run(values);
      return { changes, lastId: Number(lastInsertRowid) };
    },
    exec: (sql) => {
      requireOpen();
      database.exec(sql);
    },
    get inTransaction() {
      return isOpen && database.inTransaction;
    },
    close: () => {
      isOpen = false;
      statements.clear();
      database.close();
    },
  };
}

/** SQLite's error code (`SQLITE_FULL`, …); null for an error that is not the database's. */
export function sqliteCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  return error.code.startsWith('SQLITE_') ? error.code : null;
}
