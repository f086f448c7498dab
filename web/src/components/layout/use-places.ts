import { useQuery } from '@tanstack/react-query'
import { availabilityQuery } from '@/api/handset'
import { PLACES, type Place } from './navigation'

const WITHOUT_HANDSET = PLACES.filter((place) => place.to !== '/handset')

/** The places there are in this installation: handsets only while the simulator is the carrier. */
export function usePlaces(): Place[] {
  const hasHandsets = useQuery(availabilityQuery()).data?.available
  return hasHandsets ? PLACES : WITHOUT_HANDSET
}
