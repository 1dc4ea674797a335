// A finding: what a detector says, in one form whatever it came in. Text in it is the attacker's to choose: data, never expression.

export type Severity = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Whose judgement it is. A GuardDuty finding that comes through Security Hub is still GuardDuty's. */
export type Detector = 'guardduty' | 'securityhub' | 'config' | 'health' | 'manual';

/** By which way it came in. */
export type Channel =
  | 'guardduty'
  | 'securityhub-imported'
  | 'securityhub-custom-action'
  | 'config'
  | 'health'
  | 'manual';

/** A resource that a finding names. `type` in AWS::EC2::Instance form; `id` plain (i-…, AKIA…, a bucket's name). */
export type FoundResource = {
  readonly type: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** What else the finding says of it: `principalId`, `userName`, `userType` of a key. */
  readonly detail: Readonly<Record<string, string>>;
};

/** What the finding describes as going on. */
export type Activity = {
  readonly kind: 'connection' | 'dns' | 'api' | 'probe' | 'other';
  readonly direction?: 'INBOUND' | 'OUTBOUND';
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly protocol?: string;
  readonly domain?: string;
  readonly api?: string;
};

/** Its record in Security Hub, with the last note on it. Whoever may update findings there writes notes, and signs them as he likes. */
export type HubRecord = {
  readonly productArn: string;
  readonly note?: { readonly by: string; readonly at: string; readonly incidents: readonly string[] };
};

export type Finding = {
  readonly detector: Detector;
  readonly channel: Channel;
  /** The same for every way in which one detection arrives: GuardDuty's ARN, the control finding's id, Health's communication id. */
  readonly id: string;
  /** GuardDuty's type, a control's id ('S3.8'), a Config rule's name, a Health code. */
  readonly type: string;
  readonly title: string;
  readonly severity: Severity;
  readonly partition: string;
  /** The victim's account, never the receiver's. */
  readonly account: string;
  readonly region: string;
  readonly resources: readonly FoundResource[];
  /** Whether our resource was attacked or attacks. */
  readonly role?: 'TARGET' | 'ACTOR';
  readonly sample: boolean;
  /** Only an active finding is acted upon. */
  readonly standing: 'active' | 'archived' | 'resolved' | 'suppressed';
  /** ISO 8601. */
  readonly updatedAt: string;
  /** How often the detector saw it: more than 1 is news, not noise. */
  readonly count: number;
  readonly activity?: Activity;
  /** Where it came through Security Hub. */
  readonly hub?: HubRecord;
  /** A person chose this playbook (a custom action, a request by hand). */
  readonly requested?: { readonly playbook: string; readonly by: string; readonly reason: string };
};
