import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sessionApi } from '../../api/session.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { PasswordInput } from '../../ui/input.tsx';
import { AuthFrame } from './auth-frame.tsx';

/** The gate before set-up where the operator demanded a password for it. */
export function InitPage() {
  const { t } = useTranslation();
  const describe = useErrorText();
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const validate = useMutation({
    mutationFn: () => sessionApi.validateInit(password),
    onSuccess: () => navigate({ to: '/install' }),
  });
  return (
    <AuthFrame title={t('auth.initTitle')} description={t('auth.initBody')}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          validate.mutate();
        }}
      >
        <Field
          label={t('auth.initPassword')}
          required
          error={validate.error ? describe(validate.error) : undefined}
        >
          {(control) => (
            <PasswordInput
              {...control}
              autoFocus
              autoComplete="off"
              maxLength={30}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" disabled={!password} loading={validate.isPending}>
          {t('common.continue')}
        </Button>
      </form>
    </AuthFrame>
  );
}
