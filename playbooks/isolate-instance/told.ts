// What isolation leaves open, in words for people: network paths, credentials, capacity, and what could not be read. Pure.
import type { Finding } from '../language/finding.ts';
import { liveFlows } from './live-flow.ts';
import { wayOut } from './scaling.ts';
import type { Seen } from './seen.ts';

const isUnread = ({ gaps }: Seen, what: string): boolean => gaps.some((one) => one.what === what);

/** What the finding itself describes and can go on, or a part of the instance that could not be closed. */
export const ongoing = (seen: Seen, finding?: Finding): readonly string[] => {
  const activity = finding?.activity;
  const dns =
    activity?.kind === 'dns'
      ? [
          `requests for ${activity.domain ?? 'the domain'} through the VPC's own resolver, which no security group filters`,
        ]
      : [];
  const foreign = seen.interfaces
    .filter(({ managedBy }) => managedBy !== null)
    .map(
      ({ id, managedBy }) => `all traffic of ${id}, which belongs to ${managedBy} and can't be changed by the account`,
    );
  const credentials = isUnread(seen, 'instance profile')
    ? [`use of the credentials of ${seen.profile}: its role could not be read, and so is not denied`]
    : [];
  return [...dns, ...(activity ? liveFlows(seen, activity) : []), ...foreign, ...credentials];
};

const networkPaths = (seen: Seen): readonly string[] => {
  const assigned = seen.interfaces.flatMap(({ assignedAddress }) => assignedAddress ?? []);
  const trunks = seen.interfaces.filter(({ kind }) => kind === 'trunk');
  return [
    'A change of security groups cuts no connection that is being tracked: one that is open lives until it falls silent' +
      ` for ${seen.nitro ? '60 s' : 'the time set on the interface, five days by default'}. Those through NAT gateways, network load balancers` +
      ' and PrivateLink are always tracked. To cut them at once: a network ACL on the subnet, or stop the instance.',
    "DNS through the VPC's resolver stays possible, and with it a tunnel. To close it: DNS Firewall, for the whole VPC.",
    'Time, DHCP and instance metadata stay reachable: no security group filters them.',
    ...(assigned.length > 0
      ? [`${assigned.join(', ')} was assigned by AWS and stays: taken away, it could not be given back.`]
      : []),
    ...trunks.map(
      ({ id }) =>
        `Pods or tasks behind the trunk interface ${id} have interfaces of their own, which are not isolated.`,
    ),
  ];
};

const credentials = (seen: Seen): readonly string[] =>
  seen.profile === null
    ? ['Credentials of others that lie on the instance (keys, tokens, passwords) work on elsewhere. Rotate them.']
    : [
        'Sessions of other roles that were assumed with the credentials of the instance live on until they expire; ' +
          'CloudTrail shows them (AssumeRole by this session). Revoke those roles.',
        'Credentials of others that lie on the instance (keys, tokens, pods’ and tasks’ roles) work on elsewhere. Rotate them.',
      ];

const scaling = (seen: Seen): readonly string[] => {
  const name = seen.group?.name;
  if (isUnread(seen, 'Auto Scaling membership'))
    return [
      'Whether it belongs to an Auto Scaling group could not be read: a group that has it may terminate it, once it fails its health checks.',
    ];
  switch (wayOut(seen)) {
    case 'no group':
      return [];
    case 'impossible':
      return [
        `${name} has the instance in ${seen.group?.lifecycle}, where it can't be put into standby: the group may terminate it.`,
      ];
    case 'standby':
      return [`${name} runs with one instance less, until the release or a new desired capacity.`];
    case 'suspend':
      return [
        `${name} could not do without the instance, so nothing in it is checked or terminated meanwhile, healthy or not; ` +
          'and the instance counts as in service, though nobody reaches it.',
      ];
  }
};

const evidence = (seen: Seen): readonly string[] => [
  ...(seen.spot
    ? [
        'It is a Spot instance: AWS may take it back within two minutes, and knows no protection for it. Look at the snapshots first.',
      ]
    : []),
  ...(seen.instanceStoreRoot
    ? ['Its root is instance store: a stop or a failure loses it, and it has no snapshot.']
    : []),
  'Memory is not captured: a capture needs an agent, which must have run before. Do not stop the instance if memory matters.',
];

const forensic = (seen: Seen): readonly string[] => {
  const vpcs = [...new Set(seen.interfaces.map(({ vpc }) => vpc))];
  const mute = vpcs.filter((vpc) => !seen.endpoints.some((one) => one.vpc === vpc && one.service === 'ssm'));
  return [
    ...mute.map(
      (vpc) => `${vpc} has no endpoint for Systems Manager: its agent reaches nothing, as if the instance were sealed.`,
    ),
    ...(seen.role
      ? ["The instance's credentials go on working for what Systems Manager's agent does, and for nothing else."]
      : []),
  ];
};

type Options = { readonly variant: 'sealed' | 'forensic' };

export const residual = (seen: Seen, { variant }: Options): readonly string[] => [
  ...networkPaths(seen),
  ...credentials(seen),
  ...scaling(seen),
  ...(variant === 'forensic' ? forensic(seen) : []),
  ...evidence(seen),
  ...seen.gaps.map(({ what, why }) => `Could not be read, and so was left alone: ${what} (${why}).`),
];
