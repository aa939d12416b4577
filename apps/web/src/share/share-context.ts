import { createContext, useContext } from 'react';
import type { ShareAddress } from './address.ts';
import type { AppParameters, ShareApi, SiteInfo } from './share-api.ts';

/** What every part of a public page knows. */
export interface Share {
  readonly address: ShareAddress;
  readonly api: ShareApi;
  readonly site: SiteInfo['site'];
  readonly parameters: AppParameters;
  /** Values of variables from the address. */
  readonly handedInputs: Readonly<Record<string, string>>;
  readonly conversationId: string | undefined;
}

/** The page around a component. */
export const ShareContext = createContext<Share | undefined>(undefined);

/** The page in which this component stands. */
export function useShare(): Share {
  const share = useContext(ShareContext);
  if (!share) throw new Error('This component belongs inside a public page.');
  return share;
}
