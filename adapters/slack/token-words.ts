/** What an operator reads whose bot token Slack does not take. */
export const BOT_REFUSED =
  'Slack does not accept SLACK_BOT_TOKEN. Copy the Bot User OAuth Token, which begins with xoxb-, from your app’s page OAuth & Permissions.';

/** What an operator reads whose app token Slack does not take. */
export const APP_REFUSED =
  'Slack does not accept SLACK_APP_TOKEN. Make an App-Level Token with the scope connections:write on your app’s page Basic Information; it begins with xapp-.';
