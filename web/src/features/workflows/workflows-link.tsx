import { Link } from '@tanstack/react-router'

export const WorkflowsLink = () => (
  <Link to="/workflows" className="hover:underline">
    Workflows
  </Link>
)
