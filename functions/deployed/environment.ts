// What the stack hands to its functions, by environment variables: names and addresses, never secrets.
import * as v from 'valibot';

const named = (what: string) => v.pipe(v.string(`is missing: ${what}`), v.minLength(1, `is empty: ${what}`));

const schema = v.object({
  AWS_REGION: named('the Region, which Lambda sets itself'),
  /** The role of this function, by name: its sessions are who acts. */
  FIREBREAK_ROLE: named("the name of the function's own role"),
  FIREBREAK_LEDGER: named("the ledger's table"),
  FIREBREAK_SWITCH: named("the kill switch's parameter"),
  FIREBREAK_TOPIC: named('the ARN of the topic for people and programs'),
  /** Amazon Q Developer reads all that comes on its topic, and understands one schema. */
  FIREBREAK_CHAT_TOPIC: v.optional(v.string()),
  /** Where notices wait that could not be published. */
  FIREBREAK_UNSENT: named('the queue of notices that could not be sent'),
  FIREBREAK_NOTES: named('the queue of notes for Security Hub'),
  /** The role that a playbook's function assumes in the account of the resource; a function without hands has none. */
  FIREBREAK_MEMBER_ROLE: v.optional(v.string()),
  FIREBREAK_EXTERNAL_ID: v.optional(v.string()),
  /** The bucket into which originals go, beside the ledger: for those that take holds. */
  FIREBREAK_EVIDENCE: v.optional(v.string()),
  /** The state machines, and the functions that another function calls: for those that do. */
  FIREBREAK_RESPOND: v.optional(v.string()),
  FIREBREAK_RELEASE: v.optional(v.string()),
  FIREBREAK_ANSWER: v.optional(v.string()),
  FIREBREAK_WATCH: v.optional(v.string()),
});

export type Environment = v.InferOutput<typeof schema>;

/** @throws naming every variable that is missing: the deployment is then incomplete. */
export const readEnvironment = (variables: Readonly<Record<string, string | undefined>>): Environment => {
  const parsed = v.safeParse(schema, variables);
  if (parsed.success) return parsed.output;
  const said = parsed.issues.map((issue) => `${v.getDotPath(issue)} ${issue.message}`).join('; ');
  throw new Error(`This function was deployed without what it needs: ${said}. Deploy the stack again.`);
};
