/** A complete draft for the tests. */
import type { Draft } from './draft'

export const DRAFT: Draft = {
  name: 'Spring',
  description: '',
  agent_type: 'sms',
  sms_system_prompt: '',
  sms_temperature: 70,
  sms_template: 'Hi {{first_name}}. Reply STOP to opt out',
  sender_name: 'Maya',
  model: null,
  workflow_id: null,
  agent_id: null,
  qualification_agent_id: null,
  objection_handler_agent_id: null,
  scheduler_agent_id: null,
  audience: { list_ids: [1], lead_ids: [], filter: null },
  sender_ids: [],
  auto_reply: true,
  require_consent: true,
  quiet_hours: null,
  budget: null,
  scheduled_at: null,
}
