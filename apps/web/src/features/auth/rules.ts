import { useTranslation } from 'react-i18next';
import { passwordPattern } from '../../api/session.ts';

/** Simple shape of an address; the server has the last word. */
export const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Rules of the forms around signing in, with their texts. */
export function useAuthRules() {
  const { t } = useTranslation();
  return {
    email: {
      required: t('auth.emailRequired'),
      pattern: { value: emailPattern, message: t('auth.emailInvalid') },
    },
    name: {
      required: t('auth.nameRequired'),
      minLength: { value: 3, message: t('auth.nameLength') },
      maxLength: { value: 30, message: t('auth.nameLength') },
    },
    newPassword: {
      required: t('auth.passwordRequired'),
      pattern: { value: passwordPattern, message: t('auth.passwordRule') },
    },
    password: { required: t('auth.passwordRequired') },
  };
}
