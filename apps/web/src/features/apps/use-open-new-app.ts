import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

/** Opens a new app, with the lists that show it renewed. */
export function useOpenNewApp(): (appId: string) => void {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return (appId) => {
    void queryClient.invalidateQueries({ queryKey: ['apps'] });
    void navigate({ to: '/app/$appId/configuration', params: { appId } });
  };
}
