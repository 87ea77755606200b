/** The customer of a conversation. Fields are null if unknown. */
export interface Customer {
  readonly name: string | null;
  readonly customerId: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  readonly caseId: string | null;
  readonly language: string | null;
  /** As the contact centre records it. */
  readonly timezoneOffsetMinutes: number | null;
  readonly ipAddress: string | null;
  readonly properties: readonly Property[];
}

/** A customer whose every field is unknown. */
export const UNKNOWN_CUSTOMER: Customer = {
  name: null,
  customerId: null,
  email: null,
  phone: null,
  company: null,
  caseId: null,
  language: null,
  timezoneOffsetMinutes: null,
  ipAddress: null,
  properties: [],
};

export interface Property {
  readonly key: string;
  readonly value: string | null;
}
