/**
 * How close the visible text comes to the best that the platforms' limits allow: Parley's delivery, round robin and a fixed timer, through
 * the real clients, against the test servers in other processes. `node test/bench/stream.ts [--json] [--write] [--quick] [--only TEXT]`
 */
import { parseArgs } from 'node:util';
import { runAll } from './stream/lanes.ts';
import { publish } from './stream/report.ts';
import { POLICIES, type PolicyName } from './stream/run.ts';
import { QUICK, SCENARIOS } from './stream/scenarios.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    /** Only scenarios whose names contain this, and only this policy. */
    only: { type: 'string', default: '' },
    policy: { type: 'string' },
  },
});
const isPolicy = (name: string): name is PolicyName => name in POLICIES;
const policies = Object.keys(POLICIES)
  .filter(isPolicy)
  .filter((name) => values.policy === undefined || values.policy === name);
const scenarios = (values.quick ? QUICK : SCENARIOS).filter(({ name }) => name.includes(values.only));
const jobs = scenarios.flatMap((scenario) => policies.map((policy) => ({ scenario, policy })));
const whole = !values.quick && values.only === '' && values.policy === undefined;
const outcomes = await runAll(jobs, { Discord: 3, Slack: 4 }, ({ scenario, policy, ratio }) => {
  process.stderr.write(`${scenario}, ${policy}: ${ratio === null ? 'done' : ratio.toFixed(2)}\n`);
});
process.exitCode = publish(scenarios, outcomes, { json: values.json, write: values.write && whole }) ? 0 : 1;
