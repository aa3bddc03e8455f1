"""What is seen of a run: measures, monthly series, tables of events, and where they are kept."""
