"""An independent model of the same month: one Python object an agent, its own loops; what the engine must agree with."""
