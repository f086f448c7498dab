/** Said of what a job does for a bulk call. */
export const IN_BACKGROUND = 'It goes on in the background; Jobs shows how far it is.'
