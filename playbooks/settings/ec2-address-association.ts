// Where an Elastic IP address points. Detached, the instance loses the address, and every flow through it.
import {
  type Address,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { ec2SettleSeconds, everyEc2, firstOrGone, type InterfaceId } from './ec2.ts';

export type AllocationId = `eipalloc-${string}`;
export type AddressAssociation = { readonly interface: InterfaceId; readonly address: string } | 'detached';

const describe = (aws: Aws, id: AllocationId): Promise<Address | Gone> =>
  firstOrGone(['InvalidAllocationID.NotFound'], async () => {
    const answer = await aws(EC2Client).send(new DescribeAddressesCommand({ AllocationIds: [id] }));
    return answer.Addresses;
  });

/** A repeated call finds the association dissolved by the first, whose answer was lost. */
const dissolve = async (aws: Aws, AssociationId: string): Promise<void> => {
  await unless(['InvalidAssociationID.NotFound'], null, () =>
    aws(EC2Client).send(new DisassociateAddressCommand({ AssociationId })),
  );
};

/** AWS pushes the address that is there off without a word: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html */
const proveFree = async (aws: Aws, id: AllocationId, to: Exclude<AddressAssociation, 'detached'>): Promise<void> => {
  const { Addresses = [] } = await aws(EC2Client).send(
    new DescribeAddressesCommand({
      Filters: [
        { Name: 'network-interface-id', Values: [to.interface] },
        { Name: 'private-ip-address', Values: [to.address] },
      ],
    }),
  );
  const other = Addresses.find(({ AllocationId }) => AllocationId !== id);
  if (other)
    throw new Error(
      `${to.interface} has got another Elastic IP address since, ${other.PublicIp}: ${id} would push it off. ` +
        'Detach it by hand, or release with --keep.',
    );
};

/**
 * Named by the allocation: it stays ours while detached, and an association gets a new id each time. The address of the interface is
 * part of the value, since an interface can have several. AWS may give the primary interface a public address of its own in place
 * of the detached one: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html
 */
export const addressAssociation = setting<AllocationId, AddressAssociation>({
  name: 'ec2/address-association',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('ec2:DescribeAddresses')],
    write: [
      allowOn(
        [everyEc2('elastic-ip'), everyEc2('network-interface'), everyEc2('instance')],
        ['ec2:AssociateAddress', 'ec2:DisassociateAddress'],
      ),
    ],
  },
  settleSeconds: ec2SettleSeconds,
  read: async (aws, id) => {
    const found = await describe(aws, id);
    if (found === gone) return gone;
    if (!found.AssociationId || !found.NetworkInterfaceId) return 'detached';
    return { interface: found.NetworkInterfaceId as InterfaceId, address: found.PrivateIpAddress ?? '' };
  },
  write: async (aws, id, to) => {
    const found = await describe(aws, id);
    if (found === gone)
      throw new Error(
        `The Elastic IP address ${id} was released: it can't be ${to === 'detached' ? 'detached' : 'given back'}.`,
      );
    if (to === 'detached') {
      if (found.AssociationId) await dissolve(aws, found.AssociationId);
      return;
    }
    await proveFree(aws, id, to);
    await aws(EC2Client).send(
      new AssociateAddressCommand({
        AllocationId: id,
        NetworkInterfaceId: to.interface,
        PrivateIpAddress: to.address,
        AllowReassociation: Boolean(found.AssociationId),
      }),
    );
  },
  say: (value) => (value === 'detached' ? 'detached' : `${value.interface}, ${value.address}`),
});
