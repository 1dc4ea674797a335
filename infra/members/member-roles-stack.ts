// The template that a StackSet carries into every account but the responder's own: roles, and nothing that would need an upload.
import { DefaultStackSynthesizer, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { createMemberRoles, type MemberRolesProps } from './member-roles.ts';

export class MemberRolesStack extends Stack {
  constructor(scope: Construct, id: string, props: MemberRolesProps) {
    super(scope, id, {
      description: 'Firebreak: the roles that its playbooks work with in this account',
      // Accounts that were never bootstrapped have no version of it to check. (CDK's classes don't say undefined where their interfaces do.)
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
    });
    createMemberRoles(this, props);
  }
}
