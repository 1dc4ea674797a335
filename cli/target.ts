// From what a person types to one resource in one place. Every wrong turn is a sentence that says the right one.
import { optionsFor } from '../functions/engine/plan.ts';
import { gone } from '../playbooks/language/aws.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Named, Place, Target } from '../playbooks/language/resource.ts';
import { didYouMean, trouble } from './trouble.ts';
import type { Caller } from './world.ts';

const regionForm = /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/;

/** Where AWS keeps what it has only once. */
const homeRegions: Readonly<Record<string, string>> = { 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };
const homeRegion = (partition: string): string => homeRegions[partition] ?? 'us-east-1';

export const playbookFor = (playbooks: ReadonlyMap<string, Playbook>, name: string): Playbook => {
  const found = playbooks.get(name);
  if (found) return found;
  const names = [...playbooks.keys()];
  throw trouble(`There is no playbook '${name}'.`, `${didYouMean(name, names)}There are: ${names.join(', ')}.`);
};

/** The options with their defaults. A wrong choice is the user's to mend, not a failure. */
export const optionsFrom = (name: string, playbook: Playbook, chosen: Readonly<Record<string, string>>) => {
  try {
    return optionsFor(playbook, chosen);
  } catch (error) {
    throw trouble((error as Error).message, `'firebreak playbooks ${name}' lists them.`);
  }
};

/** The credentials at hand reach one account of one partition. */
export const foreignPlace = (caller: Caller, { account, partition }: Partial<Place>): string | undefined => {
  if (partition && partition !== caller.partition)
    return `It is in partition ${partition}, and these credentials are of ${caller.partition}.`;
  if (account && account !== caller.account)
    return `It is in account ${account}, and these credentials are of account ${caller.account}.`;
  return undefined;
};

/** Where AWS itself says that the resource is; the given place where it does not say. */
export const located = async (caller: Caller, playbook: Playbook, id: string, place: Place): Promise<string> => {
  const { resource } = playbook;
  const answer = await playbook.locate?.(caller.aws(place, 'locate', 'read'), id);
  if (answer === gone)
    throw trouble(
      `There is no ${resource.noun} ${id} that account ${caller.account} can see.`,
      'Check the name, and whose credentials these are.',
      1,
    );
  return answer ?? place.region;
};

/** What the text names, judged by its form alone: no call to AWS. */
export const namedBy = (
  name: string,
  { resource: kind }: Playbook,
  text: string,
  regionOption: string | undefined,
): Named => {
  const named = kind.parse(text);
  if (!named)
    throw trouble(
      `'${text}' names no ${kind.noun}, on which ${name} works.`,
      `Give an id such as ${kind.example}, or its ARN.`,
    );
  if (regionOption !== undefined && !regionForm.test(regionOption))
    throw trouble(`'${regionOption}' is no Region.`, 'Give one such as eu-central-1.');
  if (named.region && regionOption && named.region !== regionOption)
    throw trouble(
      `The ARN says Region ${named.region}, and --region says ${regionOption}.`,
      'Leave --region out, or give the ARN of the resource that is meant.',
    );
  return named;
};

/** @throws in words, when these credentials don't reach what is named, or it is not where it is said to be. */
export const targetFrom = async (
  caller: Caller,
  playbook: Playbook,
  named: Named,
  regionOption: string | undefined,
): Promise<Target> => {
  const kind = playbook.resource;
  const foreign = foreignPlace(caller, named);
  if (foreign) throw trouble(foreign, 'Nothing was attempted. Use credentials of that account: set AWS_PROFILE.', 1);
  const fallback = kind.scope === 'global' || playbook.locate ? homeRegion(caller.partition) : undefined;
  const region = named.region ?? regionOption ?? caller.region ?? fallback;
  if (!region)
    throw trouble(`In which Region is the ${kind.noun} ${named.id}?`, 'Give --region, its ARN, or set AWS_REGION.');
  const place = { partition: caller.partition, account: caller.account, region };
  const found = await located(caller, playbook, named.id, place);
  if (regionOption && found !== regionOption)
    throw trouble(
      `The ${kind.noun} ${named.id} is in ${found}, and --region says ${regionOption}.`,
      'Leave --region out, or check the name.',
    );
  return { ...place, region: found, type: kind.type, id: named.id, detail: {} };
};
