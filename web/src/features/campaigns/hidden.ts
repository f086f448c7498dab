import { createHidden } from '@/lib/hidden'

const campaigns = createHidden()

export const hideCampaign = (id: number): void => campaigns.hide([id])
export const showCampaign = (id: number): void => campaigns.show([id])
export const useHiddenCampaigns = campaigns.useHidden
