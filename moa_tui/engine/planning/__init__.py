"""Parting a question among the agents: the plan, what the planner is asked, who waits for whom."""
