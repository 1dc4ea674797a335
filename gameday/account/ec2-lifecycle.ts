// What comes to pass on EC2 with time and without a call. It is worked out when somebody looks, so nothing runs meanwhile.
import type { Ec2, InstanceRecord } from './ec2-records.ts';

/** Lets go of what a terminated instance had: AWS deletes the interfaces and volumes that are marked for it. */
const releaseResources = (ec2: Ec2, { InstanceId }: InstanceRecord): void => {
  for (const eni of Object.values(ec2.networkInterfaces)) {
    if (eni.Attachment?.InstanceId !== InstanceId) continue;
    if (eni.Attachment.DeleteOnTermination) removeInterface(ec2, eni.NetworkInterfaceId);
    else delete eni.Attachment;
  }
  for (const volume of Object.values(ec2.volumes)) {
    if (volume.Attachment?.InstanceId !== InstanceId) continue;
    if (volume.Attachment.DeleteOnTermination) {
      delete ec2.volumes[volume.VolumeId];
      delete ec2.tags[volume.VolumeId];
    } else delete volume.Attachment;
  }
  for (const association of Object.values(ec2.profileAssociations)) {
    if (association.InstanceId === InstanceId) delete ec2.profileAssociations[association.AssociationId];
  }
};

/** An elastic address outlives the interface that it was associated with. */
export const removeInterface = (ec2: Ec2, id: string): void => {
  for (const address of Object.values(ec2.addresses)) {
    if (address.NetworkInterfaceId !== id) continue;
    delete address.AssociationId;
    delete address.NetworkInterfaceId;
    delete address.PrivateIpAddress;
  }
  delete ec2.networkInterfaces[id];
  delete ec2.tags[id];
};

/** How long AWS still shows a terminated instance. */
const afterlifeMilliseconds = 3_600_000;

const settleInstance = (ec2: Ec2, instance: InstanceRecord, now: number): void => {
  const { appliedAt } = instance.MetadataOptions;
  if (appliedAt !== undefined && appliedAt <= now) delete instance.MetadataOptions.appliedAt;
  const { settlesAt, State } = instance;
  if (settlesAt === undefined || settlesAt > now) return;
  delete instance.settlesAt;
  if (State === 'stopping') instance.State = 'stopped';
  if (State === 'pending') instance.State = 'running';
  if (State === 'shutting-down') {
    instance.State = 'terminated';
    instance.settlesAt = settlesAt + afterlifeMilliseconds;
    releaseResources(ec2, instance);
  }
  if (State === 'terminated') {
    delete ec2.instances[instance.InstanceId];
    delete ec2.tags[instance.InstanceId];
  }
};

/** Before this nothing comes to pass, as far as is known; of what nobody has looked at nothing is known. Looking takes long where there are thousands. */
const quietUntil = new WeakMap<Ec2, number>();

/** To be said by whoever begins what ends by itself. */
export const endsByItself = (ec2: Ec2, at: number): void => {
  quietUntil.set(ec2, Math.min(at, quietUntil.get(ec2) ?? 0));
};

const dueNext = (ec2: Ec2): number =>
  Math.min(
    ...Object.values(ec2.instances).flatMap(({ settlesAt = [], MetadataOptions: { appliedAt = [] } }) =>
      [settlesAt, appliedAt].flat(),
    ),
    ...Object.values(ec2.snapshots).flatMap(({ State, endsAt }) => (State === 'pending' ? [endsAt] : [])),
  );

export const settleLifecycles = (ec2: Ec2, time: Date): void => {
  const now = time.getTime();
  if (now < (quietUntil.get(ec2) ?? 0)) return;
  for (const instance of Object.values(ec2.instances)) settleInstance(ec2, instance, now);
  for (const snapshot of Object.values(ec2.snapshots)) {
    if (snapshot.State !== 'pending' || snapshot.endsAt > now) continue;
    snapshot.State = snapshot.failure === undefined ? 'completed' : 'error';
    // AWS drops the lock of a snapshot whose creation fails.
    if (snapshot.State === 'error') delete snapshot.lock;
  }
  quietUntil.set(ec2, dueNext(ec2));
};
