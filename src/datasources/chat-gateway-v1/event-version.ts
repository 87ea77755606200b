/** The version of events that webhooks of this generation are registered for. */
export const EVENT_VERSION = 'Chat Gateway v1.0';
