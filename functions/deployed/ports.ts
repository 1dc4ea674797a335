// What only some functions of a deployment can do, each with the addresses that its environment gives it.
import { denyOn } from '../adapters/deny-function.ts';
import { measureBy } from '../adapters/emf.ts';
import { answerTaskOn, startOn, startReleaseOn } from '../adapters/executions.ts';
import { checkOn, lookAfterOn, resumeOn } from '../adapters/invocations.ts';
import { s3Originals } from '../adapters/s3-originals.ts';
import type { Ports } from './engine.ts';
import type { Environment } from './environment.ts';

type Address =
  | 'FIREBREAK_RESPOND'
  | 'FIREBREAK_RELEASE'
  | 'FIREBREAK_ANSWER'
  | 'FIREBREAK_WATCH'
  | 'FIREBREAK_EVIDENCE';

/** @throws when the deployment does not say it. */
const addressIn = (environment: Environment, name: Address): string => {
  const address = environment[name];
  if (!address) throw new Error(`This function was deployed without ${name}. Deploy the stack again.`);
  return address;
};

/** What receive begins: workflows, and what others look after. */
export const beginning: Ports = ({ own, environment }) => ({
  start: startOn(own, addressIn(environment, 'FIREBREAK_RESPOND')),
  resume: resumeOn(own, addressIn(environment, 'FIREBREAK_ANSWER')),
  check: checkOn(own, addressIn(environment, 'FIREBREAK_WATCH')),
});

/** Only these few measure, so that the bundles of those that act stay small. */
export const measuring: Ports = () => ({
  measure: measureBy(
    (line) => process.stdout.write(line),
    () => new Date(),
  ),
});

/** What examines the deployment sees it with its own role. */
export const examining: Ports = (tools) => ({ ...measuring(tools), own: tools.own });

/** The functions' names are those that the workflows call: `firebreak-<playbook>:live`. */
export const watching: Ports = (tools) => ({
  ...measuring(tools),
  lookAfter: lookAfterOn(tools.own, (playbook) => `firebreak-${playbook}:live`),
});

/** A playbook takes holds, and so it keeps originals. */
export const keeping: Ports = ({ own, environment }) => ({
  originals: s3Originals(own, addressIn(environment, 'FIREBREAK_EVIDENCE')),
});

/** One that has identity policies written has it done by deny, as its own role must not. */
export const denying: Ports = (tools) => ({ ...keeping(tools), deny: denyOn(tools.own, 'firebreak-deny:live') });

/** What answer does for people: it alone wakes a workflow, begins a release and turns the switch. */
export const answering: Ports = ({ own, environment, switchKeeper }) => ({
  start: startOn(own, addressIn(environment, 'FIREBREAK_RESPOND')),
  startRelease: startReleaseOn(own, addressIn(environment, 'FIREBREAK_RELEASE')),
  answerTask: answerTaskOn(own),
  check: checkOn(own, addressIn(environment, 'FIREBREAK_WATCH')),
  switchKeeper,
});
