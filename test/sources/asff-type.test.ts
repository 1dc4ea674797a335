// Every row of the table that AWS publishes, as of 2026:
// https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html#interpreting-findings-in-securityhub
import { expect, test } from 'vitest';
import { guardDutyType } from '../../functions/sources/asff-type.ts';

/** By category: those that are spelt by the rule, with '-' for the '/'. */
const REGULAR: Readonly<Record<string, readonly string[]>> = {
  'TTPs/Command and Control': [
    'Backdoor:EC2/C&CActivity.B',
    'Backdoor:EC2/C&CActivity.B!DNS',
    'Backdoor:EC2/DenialOfService.Dns',
    'Backdoor:EC2/DenialOfService.UdpOnTcpPorts',
    'Backdoor:EC2/DenialOfService.UnusualProtocol',
    'Backdoor:EC2/Spambot',
    'Backdoor:Lambda/C&CActivity.B',
    'Backdoor:Runtime/C&CActivity.B!DNS',
    'CryptoCurrency:EC2/BitcoinTool.B',
    'CryptoCurrency:EC2/BitcoinTool.B!DNS',
    'CryptoCurrency:Lambda/BitcoinTool.B',
    'CryptoCurrency:Runtime/BitcoinTool.B!DNS',
    'Trojan:EC2/BlackholeTraffic',
    'Trojan:EC2/DGADomainRequest.C!DNS',
    'Trojan:EC2/DNSDataExfiltration',
    'Trojan:EC2/PhishingDomainRequest!DNS',
    'Trojan:Lambda/BlackholeTraffic',
    'UnauthorizedAccess:EC2/MaliciousIPCaller.Custom',
    'UnauthorizedAccess:IAMUser/TorIPCaller',
    'UnauthorizedAccess:Lambda/MaliciousIPCaller.Custom',
  ],
  'Unusual Behaviors/VM': ['Behavior:EC2/NetworkPortUnusual', 'Behavior:EC2/TrafficVolumeUnusual'],
  'Unusual Behaviors/User': ['ResourceConsumption:IAMUser/ComputeResources', 'UnauthorizedAccess:IAMUser/ConsoleLogin'],
  'TTPs/CredentialAccess': ['CredentialAccess:Kubernetes/MaliciousIPCaller.Custom'],
  'TTPs/Credential Access': [
    'CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce',
    'CredentialAccess:RDS/TorIPCaller.SuccessfulLogin',
  ],
  'TTPs/Defense Evasion': [
    'DefenseEvasion:IAMUser/BedrockLoggingDisabled',
    'DefenseEvasion:Runtime/ProcessInjection.VirtualMemoryWrite',
    'Stealth:IAMUser/CloudTrailLoggingDisabled',
    'Stealth:S3/ServerAccessLoggingDisabled',
  ],
  'TTPs/DefenseEvasion': ['DefenseEvasion:Kubernetes/TorIPCaller', 'DefenseEvasion:Runtime/SuspiciousCommand'],
  'TTPs/Discovery': [
    'Discovery:Kubernetes/SuccessfulAnonymousAccess',
    'Discovery:Runtime/SuspiciousCommand',
    'Recon:EC2/PortProbeEMRUnprotectedPort',
    'Recon:EC2/Portscan',
    'Recon:IAMUser/MaliciousIPCaller.Custom',
  ],
  'TTPs/Execution': [
    'Execution:Kubernetes/ExecInKubeSystemPod',
    'Execution:EC2/MaliciousFile',
    'Execution:EC2/MaliciousFile!Snapshot',
    'Execution:EC2/MaliciousFile!AMI',
    'Execution:S3/MaliciousFile!RecoveryPoint',
    'Execution:ECS/SuspiciousFile',
    'Execution:Runtime/MaliciousFileExecuted.Custom',
    'Execution:Runtime/ReverseShell',
  ],
  'TTPs/Impact': [
    'Impact:EC2/MaliciousDomainRequest.Custom',
    'Impact:EC2/PortSweep',
    'Impact:EC2/WinRMBruteForce',
    'Impact:Kubernetes/MaliciousIPCaller',
    'Impact:Runtime/CryptoMinerExecuted',
  ],
  'TTPs/Initial Access': [
    'Trojan:EC2/DriveBySourceTraffic!DNS',
    'UnauthorizedAccess:EC2/RDPBruteForce',
    'UnauthorizedAccess:EC2/SSHBruteForce',
  ],
  'TTPs/Object': ['Object:S3/MaliciousFile'],
  'TTPs/Persistence': ['Persistence:Kubernetes/ContainerWithSensitiveMount', 'Persistence:IAMUser/UserPermissions'],
  'TTPs/Privilege Escalation': ['PrivilegeEscalation:Runtime/RuncContainerEscape'],
  TTPs: [
    'Discovery:S3/AnomalousBehavior',
    'Discovery:S3/MaliciousIPCaller.Custom',
    'Exfiltration:S3/AnomalousBehavior',
    'Exfiltration:S3/MaliciousIPCaller',
    'Impact:EC2/AbusedDomainRequest.Reputation',
    'Impact:EC2/MaliciousDomainRequest.Reputation',
    'Impact:S3/AnomalousBehavior.Permission',
    'PenTest:S3/KaliLinux',
    'Policy:IAMUser/RootCredentialUsage',
    'Policy:S3/AccountBlockPublicAccessDisabled',
    'Policy:S3/BucketAnonymousAccessGranted',
    'Policy:S3/BucketPublicAccessGranted',
    'UnauthorizedAccess:EC2/MetadataDNSRebind',
    'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B',
    'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    'UnauthorizedAccess:S3/TorIPCaller',
  ],
  'Effects/Data Exfiltration': [
    'Trojan:EC2/DropPoint!DNS',
    'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS',
    'UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS',
  ],
  'Effects/Data Exposure': ['Policy:S3/BucketBlockPublicAccessDisabled'],
  'Effects/Resource Consumption': ['UnauthorizedAccess:EC2/TorClient', 'UnauthorizedAccess:Runtime/TorRelay'],
  'Software and Configuration Checks': ['PrivilegeEscalation:Runtime/SuspiciousCommand'],
  'Software and Configuration Checks/AWS Security Best Practices': [
    'Policy:Kubernetes/AdminAccessToDefaultServiceAccount',
    'Policy:Kubernetes/ExposedDashboard',
  ],
};

test.each(Object.entries(REGULAR).flatMap(([category, types]) => types.map((type) => [category, type] as const)))(
  '%s: %s',
  (category, type) => {
    expect(guardDutyType([`${category}/${type.replace('/', '-')}`])).toBe(type);
  },
);

test.each([
  ['TTPs/AttackSequence:IAM/CompromisedCredentials', 'AttackSequence:IAM/CompromisedCredentials'],
  ['TTPs/AttackSequence:S3/CompromisedData', 'AttackSequence:S3/CompromisedData'],
  ['TTPs/PenTest:IAMUser/KaliLinux', 'PenTest:IAMUser/KaliLinux'],
  ['TTPs/PenTest:IAMUser/ParrotLinux', 'PenTest:IAMUser/ParrotLinux'],
  ['TTPs/PenTest:IAMUser/PentooLinux', 'PenTest:IAMUser/PentooLinux'],
  ['TTPs/Credential Access/IAMUser-AnomalousBehavior', 'CredentialAccess:IAMUser/AnomalousBehavior'],
  ['TTPs/Defense Evasion/IAMUser-AnomalousBehavior', 'DefenseEvasion:IAMUser/AnomalousBehavior'],
  ['TTPs/Discovery/IAMUser-AnomalousBehavior', 'Discovery:IAMUser/AnomalousBehavior'],
  ['TTPs/Exfiltration/IAMUser-AnomalousBehavior', 'Exfiltration:IAMUser/AnomalousBehavior'],
  ['TTPs/Impact/IAMUser-AnomalousBehavior', 'Impact:IAMUser/AnomalousBehavior'],
  ['TTPs/Initial Access/IAMUser-AnomalousBehavior', 'InitialAccess:IAMUser/AnomalousBehavior'],
  ['TTPs/Persistence/IAMUser-AnomalousBehavior', 'Persistence:IAMUser/AnomalousBehavior'],
  ['TTPs/Privilege Escalation/IAMUser-AnomalousBehavior', 'PrivilegeEscalation:IAMUser/AnomalousBehavior'],
  ['TTPs/Discovery/RDS-MaliciousIPCaller', 'Discovery:RDS/MaliciousIPCaller'],
  ['TTPs/Discovery/RDS-TorIPCaller', 'Discovery:RDS/TorIPCaller'],
  [
    'TTPs/AnomalousBehavior/CredentialAccess:Kubernetes-SecretsAccessed',
    'CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed',
  ],
  [
    'TTPs/AnomalousBehavior/Discovery:Kubernetes-PermissionChecked',
    'Discovery:Kubernetes/AnomalousBehavior.PermissionChecked',
  ],
  ['TTPs/AnomalousBehavior/Execution:Kubernetes-ExecInPod', 'Execution:Kubernetes/AnomalousBehavior.ExecInPod'],
  [
    'TTPs/AnomalousBehavior/Persistence:Kubernetes-WorkloadDeployed!ContainerWithSensitiveMount',
    'Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount',
  ],
  [
    'TTPs/AnomalousBehavior/PrivilegeEscalation:Kubernetes-RoleBindingCreated',
    'PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated',
  ],
  ['TTPs/DefenseEvasion/EC2:Unusual-DNS-Resolver', 'DefenseEvasion:EC2/UnusualDNSResolver'],
  ['TTPs/DefenseEvasion/EC2:Unusual-DoH-Activity', 'DefenseEvasion:EC2/UnusualDoHActivity'],
  ['TTPs/DefenseEvasion/EC2:Unusual-DoT-Activity', 'DefenseEvasion:EC2/UnusualDoTActivity'],
  ['TTPs/Impact/Impact:Runtime-SuspiciousDomainRequest.Reputatio', 'Impact:Runtime/SuspiciousDomainRequest.Reputation'],
])('%s is %s', (asff, type) => {
  expect(guardDutyType([asff])).toBe(type);
});

test('of several the first that can be turned back', () => {
  expect(guardDutyType(['TTPs', 'Effects/Resource Consumption/CryptoCurrency:Lambda-BitcoinTool.B'])).toBe(
    'CryptoCurrency:Lambda/BitcoinTool.B',
  );
});

test('a dash left over is not guessed at', () => {
  expect(guardDutyType(['TTPs/Command and Control/Backdoor:EC2-C&CActivity.B-DNS'])).toBe(
    'Backdoor:EC2/C&CActivity.B-DNS',
  );
});

test.each([
  [],
  [''],
  ['TTPs'],
  ['TTPs/Discovery'],
  ['Backdoor:EC2'],
  ['TTPs/Impact/${x}:EC2-Y'],
  ['Software and Configuration Checks/Vulnerabilities/CVE'],
])('%j is no type of GuardDuty', (...types) => {
  expect(guardDutyType(types)).toBeUndefined();
});
