// Which keys are not ours to disable, and what a person does instead.

export const foreignKey = (id: string, account: string, home: string): string =>
  `${id} belongs to account ${home}, not to ${account}: it can only be disabled there. Tell that account's owner, or, if it is not ` +
  'yours, AWS (https://support.aws.amazon.com/#/contacts/report-abuse); cut off here what your resource policies grant it.';

export const rootKey = (id: string): string =>
  `${id} is a key of the root user, which no policy and no call of another principal can stop. Sign in as root, deactivate the key ` +
  'under Security credentials and change the password; for a member account call sts:AssumeRoot from the management account with the ' +
  'task policy IAMDeleteRootUserCredentials and delete the key. A service control policy that denies aws:PrincipalArn ' +
  'arn:aws:iam::*:root stops a member account at once, sessions of root as well. ' +
  'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html';

export const otherPrincipal = (id: string, userType: string): string =>
  `${id} is used by ${userType === 'AWSService' ? 'a service of AWS' : 'a principal of another account'}: there is no user or role ` +
  'here to deny it to. Look which of your resource policies or role trusts let it in, and narrow those.';

export const unknownOwner = (id: string, account: string, said: string): string =>
  `IAM names no user of account ${account} for ${id} (${said}). It is deleted, or root's, or Firebreak may not ask. A deleted key's ` +
  'sessions live on for up to 36 hours: look in CloudTrail whose it was, and deny that user\'s sessions as the README says under "By hand".';

export const unknownSession = (id: string, region: string, said: string): string =>
  `It can't be told whose session ${id} is: CloudTrail of ${region} was asked (${said}). It knows 90 days of its own Region, some ` +
  'minutes late, and calls to IAM and to global STS only in us-east-1. Ask again in some minutes; or look where the session acted, take ' +
  'principalId and role from userIdentity, and deny it as the README says under "By hand".';

export const serviceLinkedRole = (name: string): string =>
  `${name} is a service-linked role, which only AWS can change. Stop the resource of the service that uses it, or deny its sessions ` +
  'with a service control policy where the service allows that, and open a case with AWS Support.';

export const identityCenterRole = (name: string, session: string): string =>
  `${name} belongs to a permission set of IAM Identity Center, and can't be changed in this account. In Identity Center end the ` +
  "user's active sessions first, then disable the user (https://docs.aws.amazon.com/singlesignon/latest/userguide/disable-user-access.html). " +
  `Role sessions outlive that by up to 12 hours: deny aws:userid ${session} with a service control policy meanwhile.`;

export const ourselves = (id: string, arn: string): string =>
  `${id} belongs to ${arn}, with whose credentials Firebreak itself works here: it would lock itself out. Contain it with another ` +
  'principal, by the commands in the README under "By hand".';

/** By name or path; which principals are protected besides is the deployment's to say. */
export const isBreakGlass = (arn: string): boolean => /[/_.-]break[-_]?glass/i.test(arn);

export const breakGlass = (arn: string): string =>
  `${arn} is a break-glass principal by its name or path, and may be the last way in: a detector alone does not cut it off. Make sure ` +
  'of another way in, then ask for this playbook by hand.';
