// How Firebreak is configured, deployed and at the command line. What is left out has its default, shown in each comment.
// Checked when it is loaded: what is wrong is said with its place, its value and the remedy.
import { defineConfig } from './functions/rails/config.ts';

export default defineConfig({
  // The switch's position in a deployment until somebody turns it (firebreak switch on | observe | off): 'observe' plans and tells, and
  // writes nothing. At the command line, where nothing acts by itself, the switch is on until somebody turns it.
  // mode: 'observe',
  // Whose findings are acted upon: 'any' is every account that has let Firebreak in, 'own' the one that it runs in; or a list.
  // accounts: 'any',
  // regions: 'any',
  // accounts: ['111122223333', '444455556666'],
  // Mail addresses that are told of everything; AWS asks each to confirm once. None.
  // contacts: ['oncall@example.com'],
  // Across an organization: the account that Firebreak runs in, and the organization outside of which nobody is trusted. None.
  // responder: '111122223333',
  // organization: 'o-a1b2c3d4e5',
  // A custom action for each playbook in Security Hub's console. Only where Security Hub is on: otherwise the deployment fails.
  // securityHubActions: false,
  // Accounts whose events may speak of others: the delegated administrators of GuardDuty and Security Hub. None.
  // administrators: ['999988887777'],
  // Where IAM and other global things are answered for, if Firebreak runs in more than one Region.
  // homeRegion: 'own',
  // The service control policy that keeps others from tampering, as the stack firebreak-guard: none is made without it.
  // guard: { targets: ['ou-ab12-cdef3456'], breakGlass: ['arn:*:iam::*:role/break-glass'] },
  // The roles that Firebreak works with: what these do is told from what an attacker does, and they are never cut off without asking.
  // ownRoles: ['arn:*:iam::*:role/firebreak-*'],
  // How far each playbook goes: 'act' (as far as it goes by itself, never further), 'ask', 'plan' or 'off'.
  // playbooks: {
  //   'isolate-instance': {
  //     mode: 'ask',
  //     options: { variant: 'forensic' },
  //     onNoAnswer: 'deny',        // or 'contain': what happens when nobody answers in time, unless a rail of this file asked
  //     answerMinutes: 240,        // how long a person has to answer
  //     pageAgainAfterMinutes: 120,// people are paged once more, for HIGH and CRITICAL findings; half of the time
  //     onDrift: 'tell',           // or 'reapply': contain again what somebody has opened, while the switch is on
  //     reapplyMost: 3,            // so often within a day, then a person decides
  //     approverMustDiffer: true,  // whoever asked for it by hand can't approve it
  //     releaserMustDiffer: false, // nor have it released; or 'force': only not by release --force
  //     budget: { HIGH: { containments: 3, perSeconds: 3600 } },
  //   },
  // },
  // How much is done without asking, by the finding's severity. What is severe may use what cheaper findings leave, never the other way
  // round. Of containments so many for each playbook in each account; of evidence that makes something (snapshots) for each account.
  // budgets: {
  //   containments: {
  //     LOW: { containments: 3, perSeconds: 3600 },
  //     MEDIUM: { containments: 5, perSeconds: 3600 },
  //     HIGH: { containments: 10, perSeconds: 3600 },
  //     CRITICAL: { containments: 10, perSeconds: 3600 },
  //   },
  //   evidence: {
  //     LOW: { requests: 10, perSeconds: 3600 },
  //     MEDIUM: { requests: 20, perSeconds: 3600 },
  //     HIGH: { requests: 40, perSeconds: 3600 },
  //     CRITICAL: { requests: 40, perSeconds: 3600 },
  //   },
  // },
  // How fast incidents that come all at once are begun, for each playbook in each account and Region: as fast as AWS's own limits let them be
  // contained. The figures are for the quotas that every account has; raise them with your quotas (ModifyNetworkInterfaceAttribute).
  // pace: { incidentsAtOnce: 15, incidentsPerSecond: 5 },
  // A person is asked where more of an Auto Scaling or target group would be out of service, or fewer would be left.
  // share: { percent: 50, min: 1 },
  // What is never contained: all that an entry says must fit. A tag can narrow an entry, and never exempts by itself. None.
  // protected: [
  //   {
  //     arn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0',
  //     owner: 'payments',
  //     reason: 'card terminals hang on it; call +49 30 1234 instead',
  //     until: '2027-03-31',
  //   },
  //   { ou: 'ou-ab12-cdef3456', tag: 'tier=laboratory', owner: 'research', reason: 'malware is run here', until: '2027-03-31' },
  // ],
  // What is never contained without asking, by the same words; here a tag is enough, and an end is not needed. None.
  // crownJewels: [{ tag: 'data=cardholder', owner: 'payments', reason: 'an outage is reported to the regulator' }],
  // A finding that was updated longer ago asks a person.
  // staleAfterMinutes: 60,
  // Config rules that are acted upon, by name or ARN; any other asks, because whoever may write rules makes them say anything. None.
  // trustedConfigRules: ['s3-bucket-public-read-prohibited'],
  // Whoever turned the kill switch down can't turn it up again.
  // switchMustDiffer: false,
});
