import { createHidden } from '@/lib/hidden'

export const hiddenLeads = createHidden()
