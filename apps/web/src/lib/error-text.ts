import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error.ts';

/** A function that puts a failure into words: our own text for known codes, else the server's message. */
export function useErrorText(): (error: unknown) => string {
  const { t, i18n } = useTranslation();
  return useCallback(
    (error: unknown) => {
      if (error instanceof ApiError) {
        const key = `errors.${error.code.replaceAll('-', '_')}`;
        // Codes come from the server: whether a text exists is known at run time only.
        if (i18n.exists(key)) return t(key as 'errors.network');
        return error.message || t('errors.unknown');
      }
      return error instanceof Error && error.message ? error.message : t('errors.unknown');
    },
    [t, i18n],
  );
}
