/** The version of events that webhooks of this generation are registered for. */
export const EVENT_VERSION = 'v2.0';
