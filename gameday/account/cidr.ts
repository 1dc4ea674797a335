// The little arithmetic on IP addresses that a VPC needs.

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

const toAddress = (number: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');

const parts = (cidr: string): { readonly network: string; readonly length: number } => {
  const [network = '', length = '32'] = cidr.split('/');
  return { network, length: Number(length) };
};

/** Whether an address lies in a block. Of IPv6 blocks only "everything" is known. */
export const contains = (cidr: string, address: string): boolean => {
  const { network, length } = parts(cidr);
  if (network.includes(':') || address.includes(':')) return cidr === '::/0' && address.includes(':');
  const size = 2 ** (32 - length);
  return Math.floor(toNumber(network) / size) === Math.floor(toNumber(address) / size);
};

/** AWS keeps a subnet's first four addresses and its last for itself. */
const reserved = 4;

/** The first free address of a subnet. */
export const freeAddress = (cidr: string, taken: ReadonlySet<string>): string | undefined => {
  const { network, length } = parts(cidr);
  const size = 2 ** (32 - length);
  for (let host = reserved; host < size - 1; host += 1) {
    const address = toAddress(toNumber(network) + host);
    if (!taken.has(address)) return address;
  }
  return undefined;
};

export const freeIpv6Address = (cidr: string, taken: ReadonlySet<string>): string => {
  const prefix = parts(cidr).network.replace(/::$/, '');
  let host = reserved;
  while (taken.has(`${prefix}::${host.toString(16)}`)) host += 1;
  return `${prefix}::${host.toString(16)}`;
};
