// What the account in memory knows of instance types: on which hypervisor each one runs.
import type { DescribeInstanceTypesRequest, DescribeInstanceTypesResult } from '@aws-sdk/client-ec2';
import { architecture, familyOf, isNitro, tcpEstablishedSeconds } from './ec2-instance-families.ts';
import { matches, page } from './ec2-state.ts';
import { awsError } from './errors.ts';

type InstanceType = NonNullable<DescribeInstanceTypesRequest['InstanceTypes']>[number];

const known = [
  't2.micro',
  't3.micro',
  't3.medium',
  't4g.micro',
  'm4.large',
  'm5.large',
  'm5.xlarge',
  'm8i.large',
  'm6g.large',
  'c5.large',
  'c7g.large',
  'r5.large',
  'i3.large',
];

export const describeInstanceTypes = (input: DescribeInstanceTypesRequest): DescribeInstanceTypesResult => {
  const asked: readonly string[] = input.InstanceTypes?.length ? input.InstanceTypes : known;
  const wrong = asked.filter((type) => !/^[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9-]+$/.test(type));
  if (wrong.length > 0) {
    throw awsError('InvalidInstanceType', `The following supplied instance types do not exist: [${wrong.join(', ')}]`);
  }
  const types = asked.filter((type) =>
    matches(input.Filters, {
      'instance-type': [type],
      hypervisor: [isNitro(type) ? 'nitro' : 'xen'],
      'current-generation': [isNitro(type)],
    }),
  );
  const { items, ...next } = page(types, input);
  return {
    InstanceTypes: items.map((type) => ({
      InstanceType: type as InstanceType,
      Hypervisor: isNitro(type) ? ('nitro' as const) : ('xen' as const),
      CurrentGeneration: isNitro(type),
      BareMetal: false,
      InstanceStorageSupported: /^(i|d|h|z)\d|\dd/.test(familyOf(type)),
      SupportedUsageClasses: ['on-demand' as const, 'spot' as const],
      ...(isNitro(type)
        ? {
            NetworkInfo: {
              ConnectionTrackingConfiguration: {
                DefaultTcpEstablishedTimeout: tcpEstablishedSeconds(type),
                DefaultUdpTimeout: 30,
                DefaultUdpStreamTimeout: 180,
              },
            },
          }
        : {}),
      ProcessorInfo: { SupportedArchitectures: [architecture(type)] },
    })),
    ...next,
  };
};
