/** Languages that mails are written in; every other one gets English. */
export type MailLanguage = 'en-US' | 'zh-Hans';

/** What each mail needs to know. */
export interface MailContents {
  'reset-password': CodeMail;
  'email-sign-in': CodeMail;
  register: CodeMail;
  'change-email-old': CodeMail;
  'change-email-new': CodeMail;
  'owner-transfer': CodeMail & { workspace: string };
  'delete-account': CodeMail;
  'change-email-completed': { newEmail: string };
  'owner-transferred': { workspace: string; newOwner: string };
  invitation: { inviter: string; workspace: string; url: string; hours: number };
}

/** A mail whose point is six digits. */
export interface CodeMail {
  readonly code: string;
  /** How long the digits work. */
  readonly minutes: number;
}

/** Name of a mail. */
export type MailKind = keyof MailContents;

/** Words of one mail. Placeholders `{name}` are filled in after escaping. */
export interface MailText {
  readonly subject: string;
  readonly title: string;
  /** Paragraphs before the code or button. */
  readonly body: readonly string[];
  /** Label of the button, on mails with a link. */
  readonly action?: string;
  /** Small print. */
  readonly notes: readonly string[];
}

const enCodeNotes = [
  'The code works for {minutes} minutes and once only.',
  'If you did not ask for it, ignore this mail and tell nobody the code.',
];
const zhCodeNotes = [
  '验证码在 {minutes} 分钟内有效，且只能使用一次。',
  '如果这不是您本人的操作，请忽略此邮件，并且不要将验证码告诉任何人。',
];

/** All mails in all languages; a missing one does not compile. */
export const MAIL_TEXTS: Readonly<Record<MailLanguage, Readonly<Record<MailKind, MailText>>>> = {
  'en-US': {
    'reset-password': {
      subject: 'Reset your {product} password',
      title: 'Reset your password',
      body: ['Enter this code to choose a new password:'],
      notes: enCodeNotes,
    },
    'email-sign-in': {
      subject: 'Your {product} sign-in code',
      title: 'Sign in to {product}',
      body: ['Enter this code to sign in:'],
      notes: enCodeNotes,
    },
    register: {
      subject: 'Confirm your e-mail for {product}',
      title: 'Create your account',
      body: ['Enter this code to confirm your e-mail address:'],
      notes: enCodeNotes,
    },
    'change-email-old': {
      subject: 'Confirm the change of your {product} e-mail',
      title: 'Change of your e-mail address',
      body: [
        'Somebody signed in to your account wants to change its e-mail address. Enter this code to allow it:',
      ],
      notes: enCodeNotes,
    },
    'change-email-new': {
      subject: 'Confirm your new e-mail for {product}',
      title: 'Confirm your new e-mail address',
      body: ['Enter this code to use this address for your account:'],
      notes: enCodeNotes,
    },
    'owner-transfer': {
      subject: 'Confirm the transfer of {workspace}',
      title: 'Transfer of ownership',
      body: ['Enter this code to hand the ownership of {workspace} to another member:'],
      notes: enCodeNotes,
    },
    'delete-account': {
      subject: 'Confirm the deletion of your {product} account',
      title: 'Delete your account',
      body: ['Enter this code to delete your account. This cannot be undone.'],
      notes: enCodeNotes,
    },
    'change-email-completed': {
      subject: 'Your {product} e-mail was changed',
      title: 'Your e-mail address was changed',
      body: ['From now on you sign in with {newEmail}.'],
      notes: ['If this was not you, tell the administrator of your workspace at once.'],
    },
    'owner-transferred': {
      subject: '{workspace} has a new owner',
      title: 'New owner',
      body: ['{newOwner} is now the owner of {workspace}.'],
      notes: ['If you did not expect this, tell the administrator of your workspace at once.'],
    },
    invitation: {
      subject: '{inviter} invites you to {workspace}',
      title: 'Join {workspace}',
      body: ['{inviter} invites you to work together in {workspace} on {product}.'],
      action: 'Accept the invitation',
      notes: [
        'The link works for {hours} hours and once only.',
        'If you do not know the sender, ignore this mail.',
      ],
    },
  },
  'zh-Hans': {
    'reset-password': {
      subject: '重置您的 {product} 密码',
      title: '重置密码',
      body: ['请输入以下验证码以设置新密码：'],
      notes: zhCodeNotes,
    },
    'email-sign-in': {
      subject: '您的 {product} 登录验证码',
      title: '登录 {product}',
      body: ['请输入以下验证码进行登录：'],
      notes: zhCodeNotes,
    },
    register: {
      subject: '确认您的 {product} 注册邮箱',
      title: '创建账户',
      body: ['请输入以下验证码以确认您的邮箱地址：'],
      notes: zhCodeNotes,
    },
    'change-email-old': {
      subject: '确认更改您的 {product} 邮箱',
      title: '更改邮箱地址',
      body: ['有人在登录您的账户后申请更改邮箱地址。如需允许，请输入以下验证码：'],
      notes: zhCodeNotes,
    },
    'change-email-new': {
      subject: '确认您的 {product} 新邮箱',
      title: '确认新邮箱地址',
      body: ['请输入以下验证码，将此地址用于您的账户：'],
      notes: zhCodeNotes,
    },
    'owner-transfer': {
      subject: '确认转让 {workspace}',
      title: '转让所有权',
      body: ['请输入以下验证码，将 {workspace} 的所有权转让给其他成员：'],
      notes: zhCodeNotes,
    },
    'delete-account': {
      subject: '确认删除您的 {product} 账户',
      title: '删除账户',
      body: ['请输入以下验证码以删除您的账户。此操作无法撤销。'],
      notes: zhCodeNotes,
    },
    'change-email-completed': {
      subject: '您的 {product} 邮箱已更改',
      title: '邮箱地址已更改',
      body: ['今后请使用 {newEmail} 登录。'],
      notes: ['如果这不是您本人的操作，请立即联系工作空间管理员。'],
    },
    'owner-transferred': {
      subject: '{workspace} 有了新的所有者',
      title: '新的所有者',
      body: ['{newOwner} 现在是 {workspace} 的所有者。'],
      notes: ['如果您对此并不知情，请立即联系工作空间管理员。'],
    },
    invitation: {
      subject: '{inviter} 邀请您加入 {workspace}',
      title: '加入 {workspace}',
      body: ['{inviter} 邀请您在 {product} 的 {workspace} 中协作。'],
      action: '接受邀请',
      notes: ['链接在 {hours} 小时内有效，且只能使用一次。', '如果您不认识发件人，请忽略此邮件。'],
    },
  },
};

/** Language of a mail for an interface language: Chinese gets Chinese, all others English. */
export function mailLanguage(interfaceLanguage: string | null | undefined): MailLanguage {
  return /^zh(-hans|-cn)?$/i.test(interfaceLanguage ?? '') ? 'zh-Hans' : 'en-US';
}
