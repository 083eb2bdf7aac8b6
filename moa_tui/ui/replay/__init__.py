"""A recording on the screen: what the person sees of a turn, without anybody being asked."""
