// The kill switch of a deployment: a parameter of Systems Manager, turned without deploying anything.
import { GetParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { readTurned, type SwitchKeeper } from '../rails/turning.ts';

/** What the stack puts there. It never changes in the template, so no deployment ever turns the switch. */
export const unturned = 'unturned';

/** Nobody has turned it as long as the stack's own word stands there. A parameter that is gone, or holds anything else, can't be read. */
export const switchParameter = (ssm: SSMClient, name: string): SwitchKeeper => ({
  read: async () => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
    const value = Parameter?.Value ?? '';
    if (value === unturned) return undefined;
    try {
      return readTurned(JSON.parse(value));
    } catch (error) {
      throw new Error(`The parameter ${name} makes no sense: ${(error as Error).message}`);
    }
  },
  write: async (turned) => {
    await ssm.send(
      new PutParameterCommand({ Name: name, Value: JSON.stringify(turned), Type: 'String', Overwrite: true }),
    );
  },
});
