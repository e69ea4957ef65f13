import type { App } from '@slack/bolt';

/**
 * Makes an app acknowledge events only after its listeners have taken them in. Stock Bolt acknowledges events first (our reference,
 * slack 1.1), so that one that is lost in a crash is lost for good. One that a listener rejects stays unacknowledged, and Slack
 * sends it again. Commands, clicks and forms acknowledge themselves as before.
 */
export function acknowledgeAfter(app: App): void {
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    if (event.body.type !== 'event_callback') return process(event);
    await process({ ...event, ack: async () => undefined });
    await event.ack();
  };
}
