// Which findings isolation answers. GuardDuty's types, as of autumn 2026:
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-active.html
import { type Answer, guardDuty } from '../language/answer.ts';

/** The instance acts for somebody else, beyond reasonable doubt: at once. */
const certain: readonly Answer[] = [
  guardDuty('Backdoor:EC2/C&CActivity.B*'),
  guardDuty('Backdoor:EC2/DenialOfService.*'),
  guardDuty('CryptoCurrency:EC2/BitcoinTool.B*'),
  guardDuty('Trojan:EC2/DNSDataExfiltration'),
  guardDuty('Trojan:EC2/DGADomainRequest.*'),
  guardDuty('Trojan:EC2/DriveBySourceTraffic!DNS'),
  guardDuty('Impact:EC2/BitcoinDomainRequest.Reputation'),
  guardDuty('Impact:EC2/MaliciousDomainRequest.Reputation'),
  // The same types with our instance as the target say that somebody knocks at the door.
  guardDuty('Impact:EC2/WinRMBruteForce', { role: 'ACTOR' }),
  guardDuty('UnauthorizedAccess:EC2/RDPBruteForce', { role: 'ACTOR' }),
  guardDuty('UnauthorizedAccess:EC2/SSHBruteForce', { role: 'ACTOR' }),
  guardDuty('UnauthorizedAccess:EC2/MetadataDNSRebind'),
  guardDuty('UnauthorizedAccess:EC2/TorClient'),
  guardDuty('UnauthorizedAccess:EC2/TorRelay'),
  guardDuty('Execution:EC2/MaliciousFile'),
  guardDuty('Backdoor:Runtime/*'),
  guardDuty('CryptoCurrency:Runtime/*'),
  guardDuty('Trojan:Runtime/*'),
  guardDuty('Impact:Runtime/*'),
  guardDuty('UnauthorizedAccess:Runtime/*'),
  guardDuty('Execution:Runtime/ReverseShell'),
  guardDuty('Execution:Runtime/MaliciousFileExecuted*'),
  guardDuty('DefenseEvasion:Runtime/KernelModuleLoaded'),
];

/** It may be an administrator, a scanner, a mail server: a person decides, with the plan and the snapshots at hand. */
const doubtful: readonly Answer[] = [
  guardDuty('Backdoor:EC2/Spambot', { do: 'ask' }),
  guardDuty('Trojan:EC2/BlackholeTraffic*', { do: 'ask' }),
  guardDuty('Trojan:EC2/DropPoint*', { do: 'ask' }),
  guardDuty('Trojan:EC2/PhishingDomainRequest!DNS', { do: 'ask' }),
  guardDuty('Impact:EC2/PortSweep', { do: 'ask' }),
  guardDuty('Recon:EC2/Portscan', { do: 'ask' }),
  guardDuty('UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', { do: 'ask' }),
  guardDuty('DefenseEvasion:EC2/UnusualDNSResolver', { do: 'ask' }),
  guardDuty('DefenseEvasion:EC2/UnusualDoHActivity', { do: 'ask' }),
  guardDuty('DefenseEvasion:EC2/UnusualDoTActivity', { do: 'ask' }),
  guardDuty('Execution:EC2/SuspiciousFile', { do: 'ask' }),
  // Out of a container and onto the host: isolating it stops every other container there.
  guardDuty('PrivilegeEscalation:Runtime/RuncContainerEscape', { do: 'ask' }),
  guardDuty('PrivilegeEscalation:Runtime/CGroupsReleaseAgentModified', { do: 'ask' }),
  guardDuty('DefenseEvasion:Runtime/SuspiciousCommand', { do: 'ask' }),
  guardDuty('DefenseEvasion:Runtime/FilelessExecution', { do: 'ask' }),
  guardDuty('DefenseEvasion:Runtime/ProcessInjection.*', { do: 'ask' }),
  guardDuty('DefenseEvasion:Runtime/PtraceAntiDebugging', { do: 'ask' }),
  guardDuty('DefenseEvasion:Runtime/SensitiveFileModified', { do: 'ask' }),
];

export const answers: readonly Answer[] = [...certain, ...doubtful];
