"""What a run is reported as; everything here is handed results and fetches none."""
