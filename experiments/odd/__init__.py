"""The ODD protocol of the model, written from its code."""
