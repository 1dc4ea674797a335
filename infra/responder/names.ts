// What things are called that somebody else has to find by name: the workflows their functions, the accounts' roles those whom they trust.

/** What a resource of the stack is called in it: 'isolate-instance' is IsolateInstance. */
export const idOf = (name: string): string =>
  name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());

/** What the guard protects is named so: `UnsentNotices` is firebreak-unsent-notices. */
export const ownName = (id: string): string =>
  `firebreak${id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** As the state machines' files call it: `firebreak-<playbook>`. */
export const functionName = (name: string): string => `firebreak-${name}`;

/** The alias that is called; it moves to a new version once that is there. */
export const liveAlias = 'live';

/** Roles have one name space for all Regions, functions have not. */
export const functionRoleName = (name: string, region: string): string => `firebreak-${name}-${region}`;

/** In the account of the resource, one for all Regions. */
export const memberRoleName = (name: string): string => `firebreak-${name}`;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user_externalid.html */
export const externalId = 'firebreak';

/** The role with which a bus hands events on to another one; for `*` a pattern of all of them. */
export const forwardingRoleName = (region: string): string => `firebreak-forwarding-${region}`;
