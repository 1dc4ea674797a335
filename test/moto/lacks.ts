// What moto lacks, by name, with what follows from it. Whatever is not listed here has to work. Whatever is listed and works all the same
// fails the test, so that the list stays true.

/** Operations that moto does not know. */
export const missingOperations: Readonly<Record<string, string>> = {
  'cloudtrail LookupEvents':
    'whose a session is can be told from the event alone; a session that the event does not name is refused, as it should be',
  'ec2 LockSnapshot': 'snapshots are taken and complete, and told as not locked',
  'ec2 DescribeLockedSnapshots': 'whether a snapshot is locked already is not known, so locking is tried again',
  'iam ListServiceSpecificCredentials': 'a gap in the description of a user, told among what could not be read',
};

/** Settings whose writes moto takes and forgets: the change stays open, is told so, and is written again at each try. */
export const forgottenSettings: Readonly<Record<string, { readonly write: string; readonly why: string }>> = {
  'ec2/connection-tracking': {
    write: 'ec2 ModifyNetworkInterfaceAttribute ConnectionTrackingSpecification',
    why: 'moto takes the idle timeouts of an interface and answers none',
  },
};

/** Checks of single scenarios that can't hold on moto, by scenario and check, with the reason. */
export const differing: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

/** What may differ after a release. */
export const staysAfterwards: readonly { readonly what: RegExp; readonly why: string }[] = [
  { what: /^snapshot snap-[0-9a-f]+$/, why: 'evidence' },
];
