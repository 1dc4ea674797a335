// How a playbook's resource is named: as a plain id, as an ARN, in a finding.

/** Where a resource lives. `region` is where its API answers; for a global resource the home Region. */
export type Place = { readonly partition: string; readonly account: string; readonly region: string };

/** One resource that a playbook is asked to work on. */
export type Target = Place & {
  readonly type: string;
  readonly id: string;
  /** What the finding says of it. */
  readonly detail: Readonly<Record<string, string>>;
};

/** What a person's text names: the id, and as much of the place as an ARN tells. */
export type Named = { readonly id: string } & Partial<Place>;

export interface ResourceKind {
  /** In AWS::EC2::Instance form. */
  readonly type: string;
  readonly scope: 'regional' | 'global';
  readonly noun: string;
  /** An invented id of the right form, for messages and help. */
  readonly example: string;
  parse(text: string): Named | undefined;
  /** The ARN where AWS has one, else the plain id. */
  arn(id: string, place: Place): string;
}

/** The parts of an ARN; undefined when the text is none. */
export const parseArn = (text: string) => {
  const [arn, partition, service, region, account, ...rest] = text.split(':');
  if (arn !== 'arn' || !partition || !service || region === undefined || account === undefined || rest.length === 0)
    return undefined;
  return { partition, service, region, account, resource: rest.join(':') };
};

/** The places that an ARN tells, without the empty ones. */
export const placeOf = (arn: { partition: string; region: string; account: string }): Partial<Place> => ({
  partition: arn.partition,
  ...(arn.region && { region: arn.region }),
  ...(arn.account && { account: arn.account }),
});
