import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionApi } from '../../api/session.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { toast } from '../../ui/toast.tsx';

/** Ends the session and forgets everything that was loaded with it. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const describe = useErrorText();
  return useMutation({
    mutationFn: sessionApi.logout,
    onSuccess: async () => {
      await navigate({ to: '/signin' });
      queryClient.clear();
    },
    onError: (error) => toast.error(describe(error)),
  });
}
