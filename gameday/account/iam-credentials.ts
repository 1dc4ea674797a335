// What lets a user in: access keys, the console's password, and the kinds that are easily forgotten.
import type * as IAM from '@aws-sdk/client-iam';
import { awsError } from './errors.ts';
import {
  type AccessKeyRecord,
  type CredentialRecord,
  iamSlice,
  lastPage,
  limitExceeded,
  noSuchEntity,
  type UserRecord,
  userNamed,
} from './iam-slice.ts';
import type { Request, ServiceModel } from './model.ts';
import { callerArn, withAccount } from './sts.ts';

const accessKeysPerUser = 2;

const createAccessKey = (input: IAM.CreateAccessKeyRequest, request: Request): IAM.CreateAccessKeyResponse => {
  const user = userNamed(request, input.UserName);
  if (user.accessKeys.length >= accessKeysPerUser) {
    throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${accessKeysPerUser}`);
  }
  const id = withAccount(request.newId('AKIA'), request.account);
  const key: AccessKeyRecord = { id, createdAt: request.now.toISOString(), status: 'Active' };
  user.accessKeys.push(key);
  return { AccessKey: { ...describeKey(user)(key), SecretAccessKey: request.newId('secret') } };
};

const describeKey = (user: UserRecord) => (key: AccessKeyRecord) => ({
  UserName: user.name,
  AccessKeyId: key.id,
  Status: key.status,
  CreateDate: new Date(key.createdAt),
});

/**
 * The key of the named user. Without a name IAM looks among the keys of whoever calls, and finds none:
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
 */
const keyOf = (request: Request, userName: string | undefined, id = ''): AccessKeyRecord => {
  const keys = userName === undefined ? [] : userNamed(request, userName).accessKeys;
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  return key;
};

const updateAccessKey = (input: IAM.UpdateAccessKeyRequest, request: Request): object => {
  const key = keyOf(request, input.UserName, input.AccessKeyId);
  const { Status: status } = input;
  if (status !== 'Active' && status !== 'Inactive') {
    throw awsError('InvalidInputException', `${status} is not a status that an access key can be given.`);
  }
  key.status = status;
  return {};
};

const deleteAccessKey = (input: IAM.DeleteAccessKeyRequest, request: Request): object => {
  const key = keyOf(request, input.UserName, input.AccessKeyId);
  const user = userNamed(request, input.UserName);
  user.accessKeys = user.accessKeys.filter(({ id }) => id !== key.id);
  return {};
};

/** A key that was never used: https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html */
const neverUsed: IAM.AccessKeyLastUsed = { ServiceName: 'N/A', Region: 'N/A' };

const lastUse = ({ lastUsed }: AccessKeyRecord): IAM.AccessKeyLastUsed =>
  lastUsed
    ? { LastUsedDate: new Date(lastUsed.at), ServiceName: lastUsed.service, Region: lastUsed.region }
    : neverUsed;

/** A root key has no user. A key that is unknown or another account's is an access denied, not a not-found. */
const getAccessKeyLastUsed = (
  { AccessKeyId: id = '' }: IAM.GetAccessKeyLastUsedRequest,
  request: Request,
): IAM.GetAccessKeyLastUsedResponse => {
  const { users, rootAccessKeys } = iamSlice(request.state, request.account);
  const root = rootAccessKeys.find((key) => key.id === id);
  if (root) return { AccessKeyLastUsed: lastUse(root) };
  for (const user of Object.values(users)) {
    const key = user.accessKeys.find((candidate) => candidate.id === id);
    if (key) return { UserName: user.name, AccessKeyLastUsed: lastUse(key) };
  }
  throw awsError(
    'AccessDenied',
    `User: ${callerArn(request)} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key ${id}`,
    403,
  );
};

const createLoginProfile = (input: IAM.CreateLoginProfileRequest, request: Request): IAM.CreateLoginProfileResponse => {
  const user = userNamed(request, input.UserName);
  if (user.loginProfile) {
    throw awsError('EntityAlreadyExistsException', `Login Profile for user ${user.name} already exists.`, 409);
  }
  user.loginProfile = {
    createdAt: request.now.toISOString(),
    passwordResetRequired: input.PasswordResetRequired ?? false,
  };
  return getLoginProfile({ UserName: user.name }, request);
};

const getLoginProfile = (input: IAM.GetLoginProfileRequest, request: Request) => {
  const { name, loginProfile } = userNamed(request, input.UserName);
  if (!loginProfile) throw noSuchEntity(`Login Profile for User ${name} cannot be found.`);
  const { createdAt, passwordResetRequired } = loginProfile;
  return {
    LoginProfile: { UserName: name, CreateDate: new Date(createdAt), PasswordResetRequired: passwordResetRequired },
  };
};

const add = (
  request: Request,
  userName: string | undefined,
  credential: Omit<CredentialRecord, 'createdAt'>,
): CredentialRecord => {
  const record = { ...credential, createdAt: request.now.toISOString() };
  userNamed(request, userName).credentials.push(record);
  return record;
};

const ofKind = (request: Request, userName: string | undefined, kind: CredentialRecord['kind']) =>
  userNamed(request, userName).credentials.filter((credential) => credential.kind === kind);

const serviceSpecific = (UserName: string, { id, createdAt, detail }: CredentialRecord) => ({
  UserName,
  ServiceSpecificCredentialId: id,
  ServiceName: detail,
  ServiceUserName: `${UserName}-at-${id.slice(-12)}`,
  Status: 'Active' as const,
  CreateDate: new Date(createdAt),
});

const forgottenKinds = {
  EnableMFADevice: ({ UserName, SerialNumber: id = '' }: IAM.EnableMFADeviceRequest, request: Request): object => {
    add(request, UserName, { id, kind: 'mfa', detail: '' });
    return {};
  },
  ListMFADevices: ({ UserName }: IAM.ListMFADevicesRequest, request: Request): IAM.ListMFADevicesResponse => ({
    MFADevices: ofKind(request, UserName, 'mfa').map(({ id, createdAt }) => ({
      UserName,
      SerialNumber: id,
      EnableDate: new Date(createdAt),
    })),
    ...lastPage,
  }),
  UploadSSHPublicKey: (
    { UserName, SSHPublicKeyBody: detail = '' }: IAM.UploadSSHPublicKeyRequest,
    request: Request,
  ) => {
    const { id } = add(request, UserName, { id: request.newId('APKA'), kind: 'ssh-key', detail });
    return {
      SSHPublicKey: { UserName, SSHPublicKeyId: id, Fingerprint: id, SSHPublicKeyBody: detail, Status: 'Active' },
    };
  },
  ListSSHPublicKeys: ({ UserName }: IAM.ListSSHPublicKeysRequest, request: Request): IAM.ListSSHPublicKeysResponse => ({
    SSHPublicKeys: ofKind(request, UserName, 'ssh-key').map(({ id, createdAt }) => ({
      UserName,
      SSHPublicKeyId: id,
      Status: 'Active',
      UploadDate: new Date(createdAt),
    })),
    ...lastPage,
  }),
  CreateServiceSpecificCredential: (input: IAM.CreateServiceSpecificCredentialRequest, request: Request) => {
    const { UserName = '', ServiceName: detail = '' } = input;
    const record = add(request, UserName, { id: request.newId('ACCA'), kind: 'service-specific', detail });
    return {
      ServiceSpecificCredential: { ...serviceSpecific(UserName, record), ServicePassword: request.newId('secret') },
    };
  },
  ListServiceSpecificCredentials: (
    { UserName = '' }: IAM.ListServiceSpecificCredentialsRequest,
    request: Request,
  ): IAM.ListServiceSpecificCredentialsResponse => ({
    ServiceSpecificCredentials: ofKind(request, UserName, 'service-specific').map((record) =>
      serviceSpecific(UserName, record),
    ),
    ...lastPage,
  }),
  UploadSigningCertificate: (
    { UserName, CertificateBody: detail = '' }: IAM.UploadSigningCertificateRequest,
    request: Request,
  ): IAM.UploadSigningCertificateResponse => {
    const { id } = add(request, UserName, { id: request.newId('ASCA'), kind: 'certificate', detail });
    return {
      Certificate: { UserName, CertificateId: id, CertificateBody: detail, Status: 'Active', UploadDate: request.now },
    };
  },
  ListSigningCertificates: (
    { UserName }: IAM.ListSigningCertificatesRequest,
    request: Request,
  ): IAM.ListSigningCertificatesResponse => ({
    Certificates: ofKind(request, UserName, 'certificate').map(({ id, detail, createdAt }) => ({
      UserName,
      CertificateId: id,
      CertificateBody: detail,
      Status: 'Active',
      UploadDate: new Date(createdAt),
    })),
    ...lastPage,
  }),
} satisfies ServiceModel;

export const iamCredentials = {
  CreateAccessKey: createAccessKey,
  UpdateAccessKey: updateAccessKey,
  DeleteAccessKey: deleteAccessKey,
  ListAccessKeys: ({ UserName }: IAM.ListAccessKeysRequest, request: Request): IAM.ListAccessKeysResponse => {
    const user = userNamed(request, UserName);
    return { AccessKeyMetadata: user.accessKeys.map(describeKey(user)), ...lastPage };
  },
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
  CreateLoginProfile: createLoginProfile,
  GetLoginProfile: getLoginProfile,
  ...forgottenKinds,
} satisfies ServiceModel;
