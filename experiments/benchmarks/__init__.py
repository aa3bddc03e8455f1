"""How fast the model is: times of one process, ratios that hold on any machine, and the check that they do not worsen."""
