/** Imports what Parley stands on and nothing else, listens as Parley does, and stays: the least such a program can cost. */
import { createServer } from 'node:http';
import '@slack/bolt';
import 'discord.js';
import 'undici';
import 'eventsource-parser';
import 'keyv';
import 'pino';
import 'zod';

createServer((_request, response) => void response.end('ready')).listen(Number(process.env.PORT), '127.0.0.1');
// Ends in an orderly way, or the compile cache would not be written.
process.once('SIGTERM', () => process.exit(0));
