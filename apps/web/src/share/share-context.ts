import { createContext, useContext } from 'react';
import type { HandedValues, ShareAddress } from './address.ts';
import type { AppParameters, ShareApi, SiteInfo } from './share-api.ts';

/** What every part of a public page knows. */
export interface Share {
  readonly address: ShareAddress;
  readonly api: ShareApi;
  readonly site: SiteInfo['site'];
  readonly parameters: AppParameters;
  /** Rows of a batch that run at the same time. */
  readonly batchConcurrency: number;
  /** What the address hands over: values of variables, who the visitor is, which conversation to open. */
  readonly handed: HandedValues;
}

/** The page around a component. */
export const ShareContext = createContext<Share | undefined>(undefined);

/** The page in which this component stands. */
export function useShare(): Share {
  const share = useContext(ShareContext);
  if (!share) throw new Error('This component belongs inside a public page.');
  return share;
}
