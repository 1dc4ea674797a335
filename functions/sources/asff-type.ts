// GuardDuty's finding type, from what Security Hub makes of it. ASFF has no field with the type itself: GeneratorId is the
// detector, Title is prose, ProductFields don't hold it. So it is turned back from `Types`, by the table that AWS publishes:
// https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html#interpreting-findings-in-securityhub
//
//   what Types says                                           what it stands for
//   TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS   Backdoor:EC2/C&CActivity.B!DNS          the rule: '-' for '/'
//   TTPs/PenTest:IAMUser/KaliLinux                            PenTest:IAMUser/KaliLinux               as it is
//   TTPs/Credential Access/IAMUser-AnomalousBehavior          CredentialAccess:IAMUser/AnomalousBehavior
//                                                             no purpose: it is the category
//   TTPs/AnomalousBehavior/Execution:Kubernetes-ExecInPod     Execution:Kubernetes/AnomalousBehavior.ExecInPod
//                                                             the family is the category
//   TTPs/DefenseEvasion/EC2:Unusual-DNS-Resolver              DefenseEvasion:EC2/UnusualDNSResolver   by the list below
//
// A dash left over keeps its place: better a type that nobody answers, and that is told, than a guess.

/** Those that follow no rule, by their last part. The last is cut short on the page, so both spellings may come. */
const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['EC2:Unusual-DNS-Resolver', 'DefenseEvasion:EC2/UnusualDNSResolver'],
  ['EC2:Unusual-DoH-Activity', 'DefenseEvasion:EC2/UnusualDoHActivity'],
  ['EC2:Unusual-DoT-Activity', 'DefenseEvasion:EC2/UnusualDoTActivity'],
  ['Impact:Runtime-SuspiciousDomainRequest.Reputatio', 'Impact:Runtime/SuspiciousDomainRequest.Reputation'],
]);

const WHOLE = /(?:^|\/)([A-Za-z]+):([A-Za-z0-9]+)[-/]([A-Za-z0-9&.!-]+)$/;
const WITHOUT_PURPOSE = /^[^/]+\/([A-Za-z ]+)\/([A-Za-z0-9]+)-([A-Za-z0-9&.!-]+)$/;

/** The first of `types` that can be turned back. */
export const guardDutyType = (types: readonly string[]): string | undefined =>
  types.map(turnedBack).find((type) => type !== undefined);

const turnedBack = (type: string): string | undefined => {
  const irregular = IRREGULAR.get(type.split('/').at(-1) ?? '');
  if (irregular) return irregular;
  const [, purpose, resource, family] = WHOLE.exec(type) ?? [];
  if (purpose)
    return `${purpose}:${resource}/${type.includes('/AnomalousBehavior/') ? 'AnomalousBehavior.' : ''}${family}`;
  const [, category, victim, rest] = WITHOUT_PURPOSE.exec(type) ?? [];
  return category && `${category.replaceAll(' ', '')}:${victim}/${rest}`;
};
