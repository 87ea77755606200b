/** The person on the other side of the conversation. Null: not told. */
export interface Customer {
  readonly name: string | null;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  readonly caseId: string | null;
  readonly language: string | null;
  readonly properties: readonly Property[];
}

export interface Property {
  readonly key: string;
  readonly value: string | null;
}
