// What a responder consists of, by name: what is missing there can't be found by listing what is there.

import type { Detector } from '../../playbooks/language/finding.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import type { BusChannel } from '../sources/read-event.ts';

type Answering = ReadonlyMap<string, Pick<Playbook, 'answers'>>;

/** Whether any playbook answers this detector. */
export const answersAny = (playbooks: Answering, ...detectors: readonly Detector[]): boolean =>
  [...playbooks.values()].some(({ answers }) => answers.some(({ detector }) => detectors.includes(detector)));

const ways: Readonly<Record<BusChannel, (playbooks: Answering) => boolean>> = {
  guardduty: (playbooks) => answersAny(playbooks, 'guardduty'),
  'securityhub-imported': (playbooks) => answersAny(playbooks, 'guardduty', 'securityhub'),
  'securityhub-custom-action': (playbooks) => playbooks.size > 0,
  config: (playbooks) => answersAny(playbooks, 'config'),
  health: (playbooks) => answersAny(playbooks, 'health'),
};

/** The rules on the bus, with those that the clock calls: the stack makes the same ones, and a test compares. */
export const ruleNames = (playbooks: Answering): readonly string[] => [
  ...Object.entries(ways)
    .filter(([, isWanted]) => isWanted(playbooks))
    .map(([channel]) => `firebreak-${channel}`),
  'firebreak-heartbeat',
  'firebreak-watch',
  'firebreak-doctor',
];

/** What waits in these was taken by nobody, each with the words for whoever finds something. */
export const lastQueues: Readonly<Record<string, string>> = {
  'firebreak-unhandled-events': 'Findings came that nobody took up: nothing is contained for them.',
  'firebreak-unsent-notices': 'People did not hear of these.',
  'firebreak-unwritten-notes': 'Security Hub did not take these notes.',
};

export const noticesTopic = ({ partition, region, account }: Place): string =>
  `arn:${partition}:sns:${region}:${account}:firebreak-notices`;

export const ledgerTable = 'firebreak-ledger';
